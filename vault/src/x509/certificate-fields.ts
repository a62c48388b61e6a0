// SPDX-License-Identifier: Apache-2.0
/** What a certificate says, out of its bytes. RFC 5280 section 4.1. */

import { X509Certificate } from "node:crypto";
import { type KeyUsage, keyUsages } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { type Asn1, childOf, octetsOf, oidOf, readBer } from "./ber.ts";
import { formatDistinguishedName } from "./format-name.ts";
import type { AlternativeNames } from "./general-names.ts";
import { readAlternativeNames } from "./read-general-names.ts";

/** A certificate that was read. */
export interface CertificateFields {
  readonly der: Uint8Array;
  /** Names, DER. */
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  /** Subject as text; empty where there is none. */
  readonly subjectText: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage: readonly string[];
  readonly alternativeNames: AlternativeNames;
  /** Subject key identifier, where the certificate has one. */
  readonly keyIdentifier: Uint8Array | undefined;
}

/** Bytes of one certificate, at most. */
const maxCertificateBytes = 65_536;

/** Reads a certificate, DER. @throws {StrongroomError} `BadParameter` if it is none. */
export function readCertificate(der: Uint8Array): CertificateFields {
  const certificate = parse(der);
  const body = childOf(readBer(der), 0);
  // Version is [0] and may be absent.
  const at = childOf(body, 0).tag === 0xa0 ? 1 : 0;
  const extensions = extensionsOf(body.children.find(({ tag }) => tag === 0xa3));
  const subject = childOf(body, at + 4).bytes;
  const names = extensions.get("2.5.29.17");
  const purposes = extensions.get("2.5.29.37");
  const keyId = extensions.get("2.5.29.14");
  return {
    der,
    subject,
    issuer: childOf(body, at + 2).bytes,
    subjectText: formatDistinguishedName(subject),
    publicKey: childOf(body, at + 5).bytes,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    keyUsage: usesOf(extensions.get("2.5.29.15")),
    extendedKeyUsage: purposes === undefined ? [] : readBer(purposes).children.map(oidOf),
    alternativeNames: readAlternativeNames(names),
    keyIdentifier: keyId === undefined ? undefined : octetsOf(readBer(keyId)),
  };
}

function parse(der: Uint8Array): X509Certificate {
  if (der.length > maxCertificateBytes) {
    throw new StrongroomError("BadParameter", "a certificate is too large");
  }
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "not an X.509 certificate", { cause });
  }
}

function extensionsOf(wrapper: Asn1 | undefined): ReadonlyMap<string, Uint8Array> {
  const list = wrapper?.children[0]?.children ?? [];
  return new Map(
    list.map((extension) => [oidOf(extension.children[0]), octetsOf(extension.children.at(-1))]),
  );
}

function usesOf(value: Uint8Array | undefined): readonly KeyUsage[] {
  if (value === undefined) {
    return [];
  }
  const [, ...bits] = readBer(value).content;
  return keyUsages.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
}
