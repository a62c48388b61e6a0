// SPDX-License-Identifier: Apache-2.0
/** Where a key belongs. */

/** Where a key belongs: vault uid (or `installation`) and key id, 1 to 253 printable ASCII characters each. */
export interface KeyPlace {
  readonly scope: string;
  readonly keyId: string;
}
