// SPDX-License-Identifier: Apache-2.0
/** Project Wycheproof's vectors, from the cache that `make setup` fills. */

import { cachedVectors } from "./vectors-cache.ts";

/** One vector; hexadecimal members as the file names them. */
export interface WycheproofVector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [member: string]: unknown;
}

/** Vectors that share a key or sizes. */
export interface WycheproofGroup {
  readonly tests: readonly WycheproofVector[];
  readonly [member: string]: unknown;
}

/** The groups of a file of `testvectors_v1`. Throws a sentence that says how to get it. */
export function wycheproof(file: string): readonly WycheproofGroup[] {
  const vectors = cachedVectors(`wycheproof-*/testvectors_v1/${file}_test.json`);
  return (vectors as { readonly testGroups: readonly WycheproofGroup[] }).testGroups;
}

/** A hexadecimal member as bytes. */
export function hexMember(of: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  return new Uint8Array(Buffer.from(String(of[name]), "hex"));
}
