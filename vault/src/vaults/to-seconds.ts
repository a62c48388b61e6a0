// SPDX-License-Identifier: Apache-2.0
/** Key Vault's IntDate. */

/** Whole seconds since the epoch. */
export function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
