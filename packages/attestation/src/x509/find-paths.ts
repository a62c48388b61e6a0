// SPDX-License-Identifier: Apache-2.0
/** Finds the ways from a certificate to configured roots, by names and signatures alone. RFC 4158. */

import { type Certificate, isIssuedBy } from "./certificate.ts";
import { pathLength } from "./limits.ts";

/** A chain of certificates from the leaf to the root, each signed by the next. */
export type CertificatePath = readonly [Certificate, ...Certificate[]];

/**
 * Every path from `leaf` to one of `roots`; what else is wrong with its certificates is not asked here.
 *
 * Certificates that came with the evidence are used as issuers only: a root is what was configured, nothing else.
 */
export function findPaths(
  leaf: Certificate,
  issuers: readonly Certificate[],
  roots: readonly Certificate[],
): readonly CertificatePath[] {
  const rootPrints = new Set(roots.map(({ fingerprint }) => fingerprint));
  const unique = new Map([...issuers, ...roots].map((one) => [one.fingerprint, one]));
  const extend = (path: CertificatePath, last: Certificate): readonly CertificatePath[] => {
    if (rootPrints.has(last.fingerprint)) {
      return path.length > 1 ? [path] : [];
    }
    if (path.length === pathLength) {
      return [];
    }
    const next = [...unique.values()].filter((one) => !path.includes(one) && isIssuedBy(last, one));
    return next.flatMap((issuer) => extend([...path, issuer], issuer));
  };
  return extend([leaf], leaf);
}
