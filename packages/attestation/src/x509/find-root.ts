// SPDX-License-Identifier: Apache-2.0
/** Which configured root vouches for a certificate. RFC 4158. */

import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "./certificate.ts";
import { type CertificatePath, findPaths } from "./find-paths.ts";

/** Whom `roots` name by their certificates' fingerprints, and what a path to one of them has to be. */
export interface RootSearch<Root> {
  readonly roots: ReadonlyMap<string, Root>;
  readonly check: (path: CertificatePath) => Refused | undefined;
}

/** The root of the first path that is not refused; else why the first one is. */
export function findRoot<Root extends object>(
  leaf: Certificate,
  issuers: readonly Certificate[],
  { roots, check }: RootSearch<Root>,
): Root | Refused {
  const trusted = issuers.filter(({ fingerprint }) => roots.has(fingerprint));
  const ends = findPaths(leaf, issuers, trusted).map(
    (path) => check(path) ?? roots.get(path.at(-1)?.fingerprint ?? ""),
  );
  const found = ends.find((end) => end !== undefined && !("kind" in end));
  return found ?? ends[0] ?? refuse("untrusted-chain", "no path to a configured root");
}
