// SPDX-License-Identifier: Apache-2.0
/** Paths from Intel's leaves to its root: names, dates, rights and revocation. Intel SGX PCK certificate profile 1.5, sections 1 and 2. */

import type { KeyObject } from "node:crypto";
import { toHex, utf8 } from "@strongroom/core";
import { type Refused, refuse } from "../verdict.ts";
import type { Certificate } from "../x509/certificate.ts";
import { caConstraint, extensionOid, hasKeyUsage, keyUsage } from "../x509/extensions.ts";
import { type CertificatePath, findPaths } from "../x509/find-paths.ts";
import type { RevocationList } from "../x509/revocation-list.ts";
import type { DcapRoot } from "./dcap-root.ts";

/** Common names of a path, leaf first; each may be one of several. */
export type PathNames = readonly (readonly string[])[];

/** Names of the path of a platform's PCK certificate. */
export const pckPath: PathNames = [
  ["Intel SGX PCK Certificate"],
  ["Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"],
  ["Intel SGX Root CA"],
];

/** Names of the path of the certificate that signs TCB infos and identities. */
export const signingPath: PathNames = [["Intel SGX TCB Signing"], ["Intel SGX Root CA"]];

/** What a path is checked against. */
export interface PathContext {
  /** Certificates that came with quote or endorsements: hints, of which none is trusted by itself. */
  readonly certificates: readonly Certificate[];
  readonly revocationLists: readonly RevocationList[];
  readonly roots: readonly DcapRoot[];
  readonly at: Date;
}

/** A leaf's path to a configured root, or why there is none. */
export function checkIntelPath(
  leaf: Certificate,
  names: PathNames,
  context: PathContext,
): CertificatePath | Refused {
  const pins = new Set(context.roots.map(({ fingerprint }) => fingerprint));
  const anchors = context.certificates.filter(({ fingerprint }) => pins.has(fingerprint));
  const paths = findPaths(leaf, context.certificates, anchors);
  const fitting = paths.filter((path) => hasNames(path, names));
  const path = fitting.find((one) => checkCertificates(one, context.at) === undefined);
  const checked = path ?? fitting[0];
  if (checked === undefined) {
    return refuse("untrusted-chain", `${names[0]?.[0] ?? "leaf"}: no path to a configured root`);
  }
  return checkCertificates(checked, context.at) ?? checkRevocation(checked, context) ?? checked;
}

function hasNames(path: CertificatePath, names: PathNames): boolean {
  return (
    path.length === names.length &&
    path.every(({ subject }, index) => names[index]?.some((name) => hasName(subject, name)))
  );
}

/** Whether a certificate has the leaf's name of a path. */
export function hasCommonName({ subject }: Certificate, [leaf]: PathNames): boolean {
  return leaf?.some((name) => hasName(subject, name)) === true;
}

/** Whether a subject, hexadecimal DER, has this common name, as UTF8String or PrintableString. */
export function hasName(subject: string, name: string): boolean {
  const text = utf8(name);
  const length = toHex(new Uint8Array([text.length]));
  return ["0c", "13"].some((tag) => subject.includes(`0603550403${tag}${length}${toHex(text)}`));
}

const ecdsaSha256 = "1.2.840.10045.4.3.2";

const known: readonly string[] = [extensionOid.basicConstraints, extensionOid.keyUsage];

function checkCertificates(path: CertificatePath, at: Date): Refused | undefined {
  for (const [position, certificate] of path.entries()) {
    const refused =
      (position === 0 ? checkLeaf(certificate) : checkIssuer(certificate, position - 1)) ??
      checkEvery(certificate, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function checkLeaf(certificate: Certificate): Refused | undefined {
  return caConstraint(certificate).isCa || !hasKeyUsage(certificate, keyUsage.digitalSignature)
    ? refuse("untrusted-chain", "the leaf is not for signing")
    : undefined;
}

/** @param below How many CAs stand between this one and the leaf. */
function checkIssuer(certificate: Certificate, below: number): Refused | undefined {
  const { isCa, pathLength = below } = caConstraint(certificate);
  if (!isCa || !hasKeyUsage(certificate, keyUsage.keyCertSign)) {
    return refuse("untrusted-chain", "an issuer may not sign certificates");
  }
  return below > pathLength
    ? refuse("untrusted-chain", "the path is longer than an issuer allows")
    : undefined;
}

function checkEvery(certificate: Certificate, at: Date): Refused | undefined {
  if (!(certificate.notBefore <= at && at <= certificate.notAfter)) {
    return refuse("expired", "a certificate of the path is not valid at this time");
  }
  if (certificate.signatureAlgorithm !== ecdsaSha256 || !isP256(certificate.publicKey)) {
    return refuse("untrusted-chain", "a certificate of the path is not of P-256");
  }
  const unknown = [...certificate.extensions].find(
    ([oid, { critical }]) => critical && !known.includes(oid),
  );
  return unknown && refuse("untrusted-chain", `critical extension ${unknown[0]} is not understood`);
}

/** Whether a key is on P-256, the only curve of these formats. */
export function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
}

/** Asks each issuer's list about the certificate below it; without a list that is valid now there is no answer. */
function checkRevocation(path: CertificatePath, context: PathContext): Refused | undefined {
  for (const [index, issuer] of path.slice(1).entries()) {
    const certificate = path[index];
    const refused = certificate && checkRevoked(certificate, issuer, context);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function checkRevoked(
  certificate: Certificate,
  issuer: Certificate,
  { revocationLists, at }: PathContext,
): Refused | undefined {
  const named = revocationLists.filter((list) => list.issuer === issuer.subject);
  if (named.length === 0) {
    return refuse("endorsements-unavailable", "no crl of an issuer of the path");
  }
  const signed = hasKeyUsage(issuer, keyUsage.crlSign)
    ? named.filter((list) => list.isSignedBy(issuer.publicKey))
    : [];
  if (signed.length === 0) {
    return refuse("bad-signature", "a crl was not signed by its issuer");
  }
  const current = signed.filter((list) => list.thisUpdate <= at && at <= list.nextUpdate);
  if (current.length === 0) {
    return refuse("expired", "a crl is not valid at this time");
  }
  return current.some((list) => list.revoked.has(certificate.serial))
    ? refuse("revoked", "a certificate of the path was revoked")
    : undefined;
}
