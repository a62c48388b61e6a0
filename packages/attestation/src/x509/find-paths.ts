// SPDX-License-Identifier: Apache-2.0
/** Finds the ways from a certificate to configured roots, by names and signatures alone. RFC 4158. */

import { type Certificate, isIssuedBy } from "./certificate.ts";
import { pathLength } from "./limits.ts";

/** A chain of certificates from the leaf to the root, each signed by the next. */
export type CertificatePath = readonly [Certificate, ...Certificate[]];

/**
 * Every path from `leaf` to one of `roots`; what else is wrong with its certificates is not asked here.
 *
 * Certificates that came with the evidence are used as issuers only: a root is what was configured, nothing else. Who sends
 * them may have them all vouch for each other, and the ways among sixty of those have no end: what no root vouches for is
 * found out first, from the roots down, and is on no way.
 */
export function findPaths(
  leaf: Certificate,
  issuers: readonly Certificate[],
  roots: readonly Certificate[],
): readonly CertificatePath[] {
  const rootPrints = new Set(roots.map(({ fingerprint }) => fingerprint));
  const vouched = vouchedFor(issuers, roots);
  const extend = (path: CertificatePath, last: Certificate): readonly CertificatePath[] => {
    if (rootPrints.has(last.fingerprint)) {
      return path.length > 1 ? [path] : [];
    }
    if (path.length === pathLength) {
      return [];
    }
    const next = vouched.filter((one) => !path.includes(one) && isIssuedBy(last, one));
    return next.flatMap((issuer) => extend([...path, issuer], issuer));
  };
  return extend([leaf], leaf);
}

/** The roots, what they certified, what that certified, and so on: each certificate once. */
function vouchedFor(
  issuers: readonly Certificate[],
  roots: readonly Certificate[],
): readonly Certificate[] {
  const left = new Map([...issuers, ...roots].map((one) => [one.fingerprint, one]));
  const found: Certificate[] = [];
  let latest = [...left.values()].filter(({ fingerprint }) =>
    roots.some((root) => root.fingerprint === fingerprint),
  );
  // A path has a leaf besides.
  for (let length = 1; length < pathLength && latest.length > 0; length += 1) {
    for (const one of latest) {
      left.delete(one.fingerprint);
    }
    found.push(...latest);
    const above = latest;
    latest = [...left.values()].filter((one) => above.some((issuer) => isIssuedBy(one, issuer)));
  }
  return found;
}
