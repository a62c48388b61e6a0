// SPDX-License-Identifier: Apache-2.0
/** The chain of an attestation document: in its order, P-384 throughout, up to a pinned root. RFC 5280 section 6.1. */

import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { caConstraint, extensionOid, hasKeyUsage, keyUsage } from "../x509/extensions.ts";

/** ecdsa-with-SHA384. */
const ecdsaSha384 = "1.2.840.10045.4.3.3";

const digitalSignature = 0x80;

const known: readonly string[] = [extensionOid.basicConstraints, extensionOid.keyUsage];

/**
 * Refuses a chain, leaf first and root last, that is not valid at `at`; whether the root is trusted is for the caller.
 *
 * Revocation is not asked for: AWS has it so, its leaves live three hours.
 */
export function checkNitroChain(chain: readonly Certificate[], at: Date): Refused | undefined {
  for (const [position, certificate] of chain.entries()) {
    const issuer = chain[position + 1] ?? certificate;
    const refused =
      checkLink(certificate, issuer) ??
      checkRole(certificate, position) ??
      checkDates(certificate, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function checkLink(certificate: Certificate, issuer: Certificate): Refused | undefined {
  const isLink =
    certificate.issuer === issuer.subject &&
    certificate.signatureAlgorithm === ecdsaSha384 &&
    certificate.publicKey.asymmetricKeyDetails?.namedCurve === "secp384r1" &&
    certificate.isSignedBy(issuer.publicKey);
  return isLink
    ? undefined
    : refuse("untrusted-chain", "a certificate was not signed by the next one of the chain");
}

/** @param position 0 is the leaf; a CA at n has n-1 CAs between it and the leaf. */
function checkRole(certificate: Certificate, position: number): Refused | undefined {
  const { isCa, pathLength } = caConstraint(certificate);
  const isLeaf = position === 0;
  if (
    isCa === isLeaf ||
    !hasKeyUsage(certificate, isLeaf ? digitalSignature : keyUsage.keyCertSign)
  ) {
    return refuse("untrusted-chain", "a certificate is not for its place in the chain");
  }
  if (!isLeaf && pathLength !== undefined && position - 1 > pathLength) {
    return refuse("untrusted-chain", "the path is longer than an issuer allows");
  }
  const unknown = [...certificate.extensions].some(
    ([oid, { critical }]) => critical && !known.includes(oid),
  );
  return unknown ? refuse("untrusted-chain", "a critical extension is not understood") : undefined;
}

function checkDates({ notBefore, notAfter }: Certificate, at: Date): Refused | undefined {
  return notBefore <= at && at <= notAfter
    ? undefined
    : refuse("expired", "a certificate of the chain is not valid at this time");
}
