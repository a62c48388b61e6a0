// SPDX-License-Identifier: Apache-2.0
/** X.509 certificates, strictly: DER only, version 3, no extension twice, no weak algorithm. RFC 5280 section 4.1. */

import { type KeyObject, X509Certificate } from "node:crypto";
import { isStrongroomError, toHex } from "@strongroom/core";
import {
  type AlgorithmIdentifier,
  Certificate as Asn1Certificate,
  type Extension,
  RSASSAPSSParams,
} from "pkijs";
import { malformed } from "../byte-reader.ts";
import { assertDer } from "./der.ts";
import * as limits from "./limits.ts";

/** One extension: whether ignoring it is allowed, and the DER of its value. */
export interface CertificateExtension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** A certificate whose form was checked; nothing says yet that anybody trusts it. */
export interface Certificate {
  readonly der: Uint8Array;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  /** Names as hexadecimal DER: two names are the same if their bytes are. */
  readonly subject: string;
  readonly issuer: string;
  /** Serial number, lower-case hexadecimal without leading zeros. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** OID of the algorithm that the issuer signed with; of RSASSA-PSS with another hash than one of SHA-2 that one's besides. */
  readonly signatureAlgorithm: string;
  readonly publicKey: KeyObject;
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  /** Whether the key made the signature; says nothing about dates, names or the right to sign. */
  readonly isSignedBy: (key: KeyObject) => boolean;
}

const rsaPss = "1.2.840.113549.1.1.10";

/** SHA-256, SHA-384, SHA-512. */
const sha2: readonly string[] = [1, 2, 3].map((last) => `2.16.840.1.101.3.4.2.${last}`);

/** Parses one certificate. @throws {StrongroomError} `EvidenceMalformed` if it is none in strict DER. */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > limits.certificateBytes) {
    throw malformed("certificate is too long");
  }
  assertDer(der, limits.certificateValues);
  try {
    return toCertificate(der);
  } catch (cause) {
    throw isStrongroomError(cause) ? cause : malformed("not an X.509 certificate", cause);
  }
}

function toCertificate(der: Uint8Array): Certificate {
  const native = new X509Certificate(der);
  const parsed = Asn1Certificate.fromBER(new Uint8Array(der));
  // X.509 numbers version 3 as 2; only then may there be extensions, without which nobody is a CA.
  if (parsed.version !== 2) {
    throw malformed("certificate is not of version 3");
  }
  if (parsed.signature.algorithmId !== parsed.signatureAlgorithm.algorithmId) {
    throw malformed("certificate names two signature algorithms");
  }
  return {
    der: der.slice(),
    fingerprint: native.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: toHex(new Uint8Array(parsed.subject.valueBeforeDecode)),
    issuer: toHex(new Uint8Array(parsed.issuer.valueBeforeDecode)),
    serial: toSerial(new Uint8Array(parsed.serialNumber.valueBlock.valueHexView)),
    notBefore: parsed.notBefore.value,
    notAfter: parsed.notAfter.value,
    signatureAlgorithm: toAlgorithm(parsed.signatureAlgorithm),
    publicKey: native.publicKey,
    extensions: toExtensions(parsed.extensions ?? []),
    isSignedBy: (key) => native.verify(key),
  };
}

/** The name alone says of RSASSA-PSS nothing of the hash, which is SHA-1 where nothing else is stated. RFC 4055, section 3.1. */
function toAlgorithm({ algorithmId, algorithmParams }: AlgorithmIdentifier): string {
  if (algorithmId !== rsaPss) {
    return algorithmId;
  }
  const { hashAlgorithm } = new RSASSAPSSParams({ schema: algorithmParams });
  const hash = hashAlgorithm.algorithmId;
  return sha2.includes(hash) ? algorithmId : `${algorithmId} with ${hash}`;
}

/** Whether the issuer's name and key are those that the certificate was issued under. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.isSignedBy(issuer.publicKey);
}

/** A serial number's one spelling, whatever zero bytes its encoding needed. */
export function toSerial(value: Uint8Array): string {
  return toHex(value).replace(/^0+/, "");
}

function toExtensions(list: readonly Extension[]): ReadonlyMap<string, CertificateExtension> {
  const extensions = new Map<string, CertificateExtension>();
  for (const { extnID, critical, extnValue } of list.slice(0, limits.extensions + 1)) {
    if (extensions.has(extnID)) {
      throw malformed(`extension ${extnID} is there twice`);
    }
    extensions.set(extnID, { critical, value: extnValue.valueBlock.valueHexView.slice() });
  }
  if (extensions.size > limits.extensions) {
    throw malformed("certificate has too many extensions");
  }
  return extensions;
}

/** Certificates in PEM text, in order, as DER. @throws {StrongroomError} `EvidenceMalformed` if there is none. */
export function parsePemCertificates(text: string): readonly Uint8Array[] {
  const blocks = text.split("-----BEGIN CERTIFICATE-----").slice(1);
  if (blocks.length === 0) {
    throw malformed("no PEM certificate");
  }
  return blocks.map((block) => {
    const [body = "", end] = block.split("-----END CERTIFICATE-----");
    if (end === undefined) {
      throw malformed("PEM certificate has no end");
    }
    // A view, and no copy of what is nothing secret: quotes bring such chains, and allocating takes longer than decoding.
    const { buffer, byteOffset, length } = Buffer.from(body, "base64");
    return new Uint8Array(buffer, byteOffset, length);
  });
}
