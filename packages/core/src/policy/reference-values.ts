// SPDX-License-Identifier: Apache-2.0
/** Reference values that an attestation authority's rules hold, ready to be looked up by a policy's condition. */

/** A named set as the authority's rules state it. */
interface ReferenceSet {
  readonly name: string;
  readonly claims: readonly { readonly claim: string; readonly values: readonly string[] }[];
}

/** By the set's name, and in it by the claim's: the values that are accepted. */
export type ReferenceValues = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** No set at all: no condition that names one is met. */
export const noReferenceValues: ReferenceValues = new Map();

/** Where several sets have one name, or name a claim twice, all of their values are accepted. */
export function toReferenceValues(sets: readonly ReferenceSet[]): ReferenceValues {
  const byName = new Map<string, Map<string, Set<string>>>();
  for (const { name, claims } of sets) {
    const byClaim = byName.get(name) ?? new Map<string, Set<string>>();
    byName.set(name, byClaim);
    for (const { claim, values } of claims) {
      byClaim.set(claim, new Set([...(byClaim.get(claim) ?? []), ...values]));
    }
  }
  return byName;
}
