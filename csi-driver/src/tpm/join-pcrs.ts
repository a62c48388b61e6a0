// SPDX-License-Identifier: Apache-2.0
/** Registers that are wanted for one reason or another. */

/** Each once, ascending. */
export function joinPcrs(...lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].toSorted((a, b) => a - b);
}
