// SPDX-License-Identifier: Apache-2.0
/** Which of NVIDIA's roots vouches for a device's key, or for who signed reference values. NVIDIA, "nvtrust", "attestation-sdk". */

import type { TrustClass } from "../ek/verify-ek-certificate.ts";
import type { Refused } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { checkOcsp, type OcspEndorsement } from "../x509/check-ocsp.ts";
import { checkP384Certificate } from "../x509/check-p384-certificate.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import { findRoot } from "../x509/find-root.ts";

/** A root by the SHA-256 of its certificate, lower-case hexadecimal. */
export interface NvidiaRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly fingerprint: string;
}

/** Responses about the certificates below the root; `unbound`: nobody has to be asked. */
export type Revocation = readonly OcspEndorsement[] | "unbound";

/** What a path to a root has to be. */
export interface NvidiaPathRules {
  /** The first of a path's certificates that a responder knows, from the leaf on. */
  readonly first: 0 | 1;
  readonly revocation: Revocation;
  readonly at: Date;
}

/** The root of a path whose certificates are all for their place, valid, and good by the responses; else why there is none. */
export function findNvidiaRoot(
  leaf: Certificate,
  issuers: readonly Certificate[],
  roots: readonly NvidiaRoot[],
  rules: NvidiaPathRules,
): NvidiaRoot | Refused {
  return findRoot<NvidiaRoot>(leaf, issuers, {
    roots: new Map(roots.map((one) => [one.fingerprint, one])),
    check: (path) => checkCertificates(path, rules.at) ?? checkRevocation(path, rules),
  });
}

function checkCertificates(path: CertificatePath, at: Date): Refused | undefined {
  for (const [position, certificate] of path.entries()) {
    const refused = checkP384Certificate(certificate, position, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function checkRevocation(
  path: CertificatePath,
  { first, revocation, at }: NvidiaPathRules,
): Refused | undefined {
  if (revocation === "unbound") {
    return undefined;
  }
  for (const [index, certificate] of path.slice(first, -1).entries()) {
    const issuer = path[index + first + 1];
    const refused = issuer && checkOcsp(certificate, issuer, revocation, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}
