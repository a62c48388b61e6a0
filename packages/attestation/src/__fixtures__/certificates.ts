// SPDX-License-Identifier: Apache-2.0
/** Mints certificates, good ones and ones with a chosen fault. */

import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import * as asn1 from "asn1js";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  RSASSAPSSParams,
  Time,
} from "pkijs";

/** What a certificate shall say. */
export interface CertificateRequest {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly subject: string; readonly privateKey: KeyObject };
  readonly extensions: readonly Extension[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly hash?: "sha256" | "sha1";
  /** RSA's way to sign. */
  readonly padding?: "pss";
  /** X.509's number: 2 is version 3. */
  readonly version?: number;
}

const algorithms = {
  ecsha256: "1.2.840.10045.4.3.2",
  ecsha1: "1.2.840.10045.4.1",
  rsasha256: "1.2.840.113549.1.1.11",
  rsasha1: "1.2.840.113549.1.1.5",
} as const;

/** Signs a certificate with the issuer's key; DER. */
export function mintCertificate(request: CertificateRequest): Uint8Array {
  const certificate = new Certificate();
  certificate.version = request.version ?? 2;
  certificate.serialNumber = new asn1.Integer({ value: 7 });
  const { privateKey } = request.issuer;
  const hash = request.hash ?? "sha256";
  const algorithmId = algorithms[`${privateKey.asymmetricKeyType === "rsa" ? "rsa" : "ec"}${hash}`];
  const isPss = request.padding === "pss";
  certificate.signature = isPss ? pssWith(hash) : new AlgorithmIdentifier({ algorithmId });
  certificate.signatureAlgorithm = certificate.signature;
  certificate.issuer = commonName(request.issuer.subject);
  certificate.subject = commonName(request.subject);
  certificate.notBefore = toTime(request.notBefore ?? new Date("2026-01-01T00:00:00Z"));
  certificate.notAfter = toTime(request.notAfter ?? new Date("2030-01-01T00:00:00Z"));
  const spki = request.publicKey.export({ type: "spki", format: "der" });
  certificate.subjectPublicKeyInfo = new PublicKeyInfo({
    schema: asn1.fromBER(new Uint8Array(spki)).result,
  });
  certificate.extensions = [...request.extensions];
  const body = certificate.encodeTBS();
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : undefined;
  const key = { key: privateKey, ...(padding && { padding, saltLength: pssSalt }) };
  const signature = sign(hash, new Uint8Array(body.toBER()), key);
  const valueHex = new Uint8Array(signature).buffer;
  const parts = [body, certificate.signature.toSchema(), new asn1.BitString({ valueHex })];
  return new Uint8Array(new asn1.Sequence({ value: parts }).toBER());
}

/** Bytes of salt: what is left out means that. */
const pssSalt = 20;

function pssWith(hash: "sha256" | "sha1"): AlgorithmIdentifier {
  const id = { sha1: "1.3.14.3.2.26", sha256: "2.16.840.1.101.3.4.2.1" }[hash];
  const hashAlgorithm = new AlgorithmIdentifier({
    algorithmId: id,
    algorithmParams: new asn1.Null(),
  });
  const mask = { algorithmId: "1.2.840.113549.1.1.8", algorithmParams: hashAlgorithm.toSchema() };
  const maskGenAlgorithm = new AlgorithmIdentifier(mask);
  const stated = hash === "sha1" ? {} : { hashAlgorithm, maskGenAlgorithm };
  return new AlgorithmIdentifier({
    algorithmId: "1.2.840.113549.1.1.10",
    algorithmParams: new RSASSAPSSParams({ ...stated, saltLength: pssSalt }).toSchema(),
  });
}

/** An extension with a value of the caller's. */
export function extension(extnID: string, critical: boolean, value: asn1.AsnType): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

/** A critical extension with any bytes for its value. */
export function rawExtension(extnID: string, value: Uint8Array): Extension {
  return new Extension({ extnID, critical: true, extnValue: new Uint8Array(value).buffer });
}

/** basicConstraints, critical. */
export function basicConstraints(isCa: boolean, pathLenConstraint?: number): Extension {
  const constraints =
    pathLenConstraint === undefined ? { cA: isCa } : { cA: isCa, pathLenConstraint };
  return extension("2.5.29.19", true, new BasicConstraints(constraints).toSchema());
}

/** keyUsage of one byte of bits, critical. */
export function keyUsageBits(bits: number): Extension {
  const unusedBits = Math.min(7, 31 - Math.clz32(bits & -bits));
  const valueHex = new Uint8Array([bits]).buffer;
  return extension("2.5.29.15", true, new asn1.BitString({ valueHex, unusedBits }));
}

/** extendedKeyUsage of these purposes. */
export function purpose(...keyPurposes: string[]): Extension {
  return extension("2.5.29.37", false, new ExtKeyUsage({ keyPurposes }).toSchema());
}

/** The subject's alternative name of a TPM, critical. */
export function tpmName(attributes: readonly (readonly [string, string])[]): Extension {
  const typesAndValues = attributes.map(([type, value]) => attribute(type, value));
  const name = new RelativeDistinguishedNames({ typesAndValues });
  const names = new GeneralNames({ names: [new GeneralName({ type: 4, value: name })] });
  return extension("2.5.29.17", true, names.toSchema());
}

/** A key pair, P-256 unless one is given, with the name of its holder. */
export function issuerNamed(subject: string, key?: KeyObject) {
  const privateKey = key ?? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  return { subject, privateKey, publicKey: createPublicKey(privateKey) };
}

function commonName(value: string): RelativeDistinguishedNames {
  return new RelativeDistinguishedNames({ typesAndValues: [attribute("2.5.4.3", value)] });
}

function attribute(type: string, value: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type, value: new asn1.Utf8String({ value }) });
}

function toTime(value: Date): Time {
  return new Time({ type: 0, value });
}
