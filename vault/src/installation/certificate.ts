// SPDX-License-Identifier: Apache-2.0
/** Certificates whose issuing key is in the HSM. RFC 5280; ECDSA P-256 with SHA-256 throughout. */

import { createHash, randomBytes, X509Certificate } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import type { SignMessage } from "./signing-key.ts";

/** What a certificate says. */
export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  /** SubjectPublicKeyInfo of the subject, DER. */
  readonly publicKey: Uint8Array;
  /** SubjectPublicKeyInfo of the issuer, DER: names the key that verifies. */
  readonly issuerPublicKey: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly profile:
    | { readonly kind: "ca" }
    | { readonly kind: "server"; readonly hosts: readonly string[] }
    | { readonly kind: "signer" };
}

const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
const oid = {
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;
/** Bit strings of KeyUsage (RFC 5280 section 4.2.1.3): digitalSignature; keyCertSign with cRLSign. */
const keyUsageBits = { digitalSignature: 0x80, certificateSigning: 0x06 } as const;

/** Issues a certificate: the to-be-signed bytes are signed by the token. */
export async function issueCertificate(
  request: CertificateRequest,
  sign: SignMessage,
): Promise<X509Certificate> {
  const certificate = toBeSigned(request);
  const bytes = new Uint8Array(certificate.encodeTBS().toBER(false));
  certificate.tbsView = bytes;
  const signature = await sign(bytes);
  certificate.signatureValue = new asn1js.BitString({ valueHex: toDerSignature(signature) });
  return new X509Certificate(new Uint8Array(certificate.toSchema(true).toBER(false)));
}

function toBeSigned(request: CertificateRequest): pkijs.Certificate {
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ valueHex: serialNumber() });
  certificate.issuer.typesAndValues.push(commonName(request.issuer));
  certificate.subject.typesAndValues.push(commonName(request.subject));
  certificate.notBefore.value = request.notBefore;
  certificate.notAfter.value = request.notAfter;
  certificate.subjectPublicKeyInfo = new pkijs.PublicKeyInfo({
    schema: asn1js.fromBER(toBuffer(request.publicKey)).result,
  });
  certificate.signature = new pkijs.AlgorithmIdentifier({ algorithmId: ecdsaWithSha256 });
  certificate.signatureAlgorithm = new pkijs.AlgorithmIdentifier({ algorithmId: ecdsaWithSha256 });
  certificate.extensions = extensionsOf(request);
  return certificate;
}

function extensionsOf(request: CertificateRequest): pkijs.Extension[] {
  const subjectKeyId = new asn1js.OctetString({ valueHex: keyIdentifier(request.publicKey) });
  const authorityKeyId = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(request.issuerPublicKey) }),
  });
  return [
    ...profileExtensions(request.profile),
    extension(oid.subjectKeyIdentifier, false, subjectKeyId),
    extension(oid.authorityKeyIdentifier, false, authorityKeyId.toSchema()),
  ];
}

function profileExtensions(profile: CertificateRequest["profile"]): pkijs.Extension[] {
  const isCa = profile.kind === "ca";
  const constraints = new pkijs.BasicConstraints(
    isCa ? { cA: true, pathLenConstraint: 0 } : { cA: false },
  );
  const usage = isCa ? keyUsageBits.certificateSigning : keyUsageBits.digitalSignature;
  const common = [
    extension(oid.basicConstraints, true, constraints.toSchema()),
    extension(oid.keyUsage, true, keyUsage(usage)),
  ];
  return profile.kind === "server" ? [...common, ...serverExtensions(profile.hosts)] : common;
}

function serverExtensions(hosts: readonly string[]): pkijs.Extension[] {
  const names = new pkijs.GeneralNames({
    names: hosts.map((host) => new pkijs.GeneralName({ type: 2, value: host })),
  });
  const usage = new pkijs.ExtKeyUsage({ keyPurposes: [oid.serverAuth] });
  return [
    extension(oid.subjectAltName, false, names.toSchema()),
    extension(oid.extendedKeyUsage, false, usage.toSchema()),
  ];
}

function keyUsage(bits: number): asn1js.BitString {
  const unusedBits = Math.clz32(bits & -bits) === 31 ? 0 : 31 - Math.clz32(bits & -bits);
  return new asn1js.BitString({ valueHex: toBuffer(new Uint8Array([bits])), unusedBits });
}

function extension(id: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID: id, critical, extnValue: value.toBER(false) });
}

function commonName(value: string): pkijs.AttributeTypeAndValue {
  return new pkijs.AttributeTypeAndValue({
    type: oid.commonName,
    value: new asn1js.Utf8String({ value }),
  });
}

/** Method 1 of RFC 7093 section 2: the leftmost 160 bits of SHA-256 over the key info. */
function keyIdentifier(publicKey: Uint8Array): ArrayBuffer {
  return toBuffer(new Uint8Array(createHash("sha256").update(publicKey).digest()).subarray(0, 20));
}

function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  // Positive, and with no leading zero byte: RFC 5280 section 4.1.2.2.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return toBuffer(bytes);
}

/** DER of ECDSA-Sig-Value (RFC 3279 section 2.2.3) from r||s. */
function toDerSignature(raw: Uint8Array): ArrayBuffer {
  const half = raw.length / 2;
  const integers = [raw.subarray(0, half), raw.subarray(half)].map((part) =>
    asn1js.Integer.fromBigInt(BigInt(`0x${Buffer.from(part).toString("hex")}`)),
  );
  return new asn1js.Sequence({ value: integers }).toBER(false);
}

function toBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
