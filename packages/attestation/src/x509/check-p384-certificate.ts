// SPDX-License-Identifier: Apache-2.0
/** One certificate of a chain that is of P-384 with SHA-384 throughout, as those of AWS and NVIDIA are. RFC 5280 section 6.1. */

import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "./certificate.ts";
import { caConstraint, extensionOid, hasKeyUsage, keyUsage } from "./extensions.ts";

/** ecdsa-with-SHA384. */
const ecdsaSha384 = "1.2.840.10045.4.3.3";

const known: readonly string[] = [extensionOid.basicConstraints, extensionOid.keyUsage];

/**
 * Refuses a certificate that is not for its place, or not valid at `at`; names and signatures are for the caller.
 *
 * @param position 0 is the leaf; a CA at n has n-1 CAs between it and the leaf, which has no path length.
 */
export function checkP384Certificate(
  certificate: Certificate,
  position: number,
  at: Date,
): Refused | undefined {
  const { isCa, pathLength = position } = caConstraint(certificate);
  const usage = position === 0 ? keyUsage.digitalSignature : keyUsage.keyCertSign;
  if (isCa !== position > 0 || !hasKeyUsage(certificate, usage)) {
    return refuse("untrusted-chain", "a certificate is not for its place in the chain");
  }
  if (position - 1 > pathLength) {
    return refuse("untrusted-chain", "the path is longer than an issuer allows");
  }
  const { signatureAlgorithm, publicKey, extensions, notBefore, notAfter } = certificate;
  const { namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (signatureAlgorithm !== ecdsaSha384 || namedCurve !== "secp384r1") {
    return refuse("untrusted-chain", "a certificate is not of P-384 with SHA-384");
  }
  if ([...extensions].some(([oid, { critical }]) => critical && !known.includes(oid))) {
    return refuse("untrusted-chain", "a critical extension is not understood");
  }
  return notBefore <= at && at <= notAfter
    ? undefined
    : refuse("expired", "a certificate of the chain is not valid at this time");
}
