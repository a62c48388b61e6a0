// SPDX-License-Identifier: Apache-2.0
/** Validates a certificate path at an instant: dates, algorithms, the right to sign, extensions. RFC 5280 section 6.1. */

import type { KeyObject } from "node:crypto";
import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "./certificate.ts";
import {
  caConstraint,
  extendedKeyUsage,
  extensionOid,
  hasKeyUsage,
  keyUsage,
} from "./extensions.ts";
import type { CertificatePath } from "./find-paths.ts";

/** What the path is wanted for. */
export interface PathPurpose {
  readonly at: Date;
  /** Extended key usages of which the leaf must have one, and of which no CA of the path may exclude all; or `any`. */
  readonly purposes: readonly string[] | "any";
  /** Whether a leaf will do that states no extended key usage at all; `issuers`: if its issuer certifies for these purposes alone. */
  readonly withoutPurpose: "refused" | "issuers" | "accepted";
  /** Critical extensions that the leaf may have because its caller reads them. */
  readonly leafExtensions: readonly string[];
}

const anyPurpose = "2.5.29.37.0";

/** Shortest RSA modulus of an issuer, in bits. */
const shortestRsa = 2048;

/** SHA-2 with RSA (PKCS#1 1.5 and PSS) and with ECDSA; RFC 4055, RFC 5758. */
const signatureAlgorithms = new Set([
  "1.2.840.113549.1.1.10",
  "1.2.840.113549.1.1.11",
  "1.2.840.113549.1.1.12",
  "1.2.840.113549.1.1.13",
  "1.2.840.10045.4.3.2",
  "1.2.840.10045.4.3.3",
  "1.2.840.10045.4.3.4",
]);

// Policies are accepted unread: no path is trusted here because of a policy. What restricts a path, as name or policy
// constraints do, is refused where it is critical, because it is not processed.
const known: readonly string[] = [
  extensionOid.basicConstraints,
  extensionOid.keyUsage,
  extensionOid.extKeyUsage,
  extensionOid.certificatePolicies,
];

/** Refuses a path that is not valid; its signatures have been verified when it was found. */
export function checkPath(path: CertificatePath, purpose: PathPurpose): Refused | undefined {
  for (const [position, certificate] of path.entries()) {
    // Nobody relies on the signature of a root, which is trusted because it is configured.
    const isSigned = position < path.length - 1;
    const refused =
      (position === 0
        ? checkLeaf(path, purpose)
        : checkIssuer(certificate, position - 1, purpose)) ??
      (isSigned ? checkSignature(certificate) : undefined);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function checkSignature({ signatureAlgorithm }: Certificate): Refused | undefined {
  return signatureAlgorithms.has(signatureAlgorithm)
    ? undefined
    : refuse("untrusted-chain", "a certificate of the path has a weak signature");
}

function checkLeaf(path: CertificatePath, purpose: PathPurpose): Refused | undefined {
  const [certificate] = path;
  if (caConstraint(certificate).isCa) {
    return refuse("untrusted-chain", "the leaf is a CA");
  }
  if (!isForPurpose(path, purpose)) {
    return refuse("untrusted-chain", "the leaf is not for this purpose");
  }
  return checkEvery(certificate, [...known, ...purpose.leafExtensions], purpose.at);
}

function isForPurpose([leaf, issuer]: CertificatePath, purpose: PathPurpose): boolean {
  const { purposes, withoutPurpose } = purpose;
  const stated = extendedKeyUsage(leaf);
  if (stated !== undefined) {
    return purposes === "any" || purposes.some((one) => stated.includes(one));
  }
  if (withoutPurpose !== "issuers") {
    return withoutPurpose === "accepted";
  }
  const limits = issuer && extendedKeyUsage(issuer);
  return limits?.every((one) => purposes.includes(one)) === true;
}

/** @param below How many CAs stand between this one and the leaf. */
function checkIssuer(
  certificate: Certificate,
  below: number,
  purpose: PathPurpose,
): Refused | undefined {
  const { isCa, pathLength = below } = caConstraint(certificate);
  if (!isCa || !hasKeyUsage(certificate, keyUsage.keyCertSign)) {
    return refuse("untrusted-chain", "an issuer may not sign certificates");
  }
  if (below > pathLength) {
    return refuse("untrusted-chain", "the path is longer than an issuer allows");
  }
  const purposes = extendedKeyUsage(certificate);
  if (purposes !== undefined && !allows(purposes, purpose.purposes)) {
    return refuse("untrusted-chain", "an issuer is not for this purpose");
  }
  return checkEvery(certificate, known, purpose.at);
}

function allows(stated: readonly string[], purposes: PathPurpose["purposes"]): boolean {
  if (purposes === "any") {
    return true;
  }
  return stated.includes(anyPurpose) || purposes.some((one) => stated.includes(one));
}

function checkEvery(
  certificate: Certificate,
  understood: readonly string[],
  at: Date,
): Refused | undefined {
  if (!(certificate.notBefore <= at && at <= certificate.notAfter)) {
    return refuse("expired", "a certificate of the path is not valid at this time");
  }
  if (isShort(certificate.publicKey)) {
    return refuse("untrusted-chain", "a certificate of the path has a weak key");
  }
  const unknown = [...certificate.extensions].find(
    ([oid, { critical }]) => critical && !understood.includes(oid),
  );
  return unknown && refuse("untrusted-chain", `critical extension ${unknown[0]} is not understood`);
}

function isShort(key: KeyObject): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < shortestRsa;
}
