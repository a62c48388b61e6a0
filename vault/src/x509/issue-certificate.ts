// SPDX-License-Identifier: Apache-2.0
/** Certificates: what is to be signed, and the signature of whoever issues. RFC 5280 section 4.1. */

import { randomBytes, X509Certificate } from "node:crypto";
import { type Der, explicit, integer, sequence, smallInteger, time } from "./der.ts";
import { extensionList } from "./extensions.ts";
import { algorithmIdentifier, type CertificateSigner, signStructure } from "./signer.ts";

/** What a certificate says. */
export interface CertificateContent {
  /** Name, DER. */
  readonly subject: Uint8Array;
  /** Name, DER: the very bytes of the issuer's subject. */
  readonly issuer: Uint8Array;
  /** SubjectPublicKeyInfo of the subject, DER. */
  readonly publicKey: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Uint8Array[];
}

/** Issues a certificate under a fresh serial number of 16 random bytes. */
export async function signCertificate(
  content: CertificateContent,
  signer: CertificateSigner,
): Promise<X509Certificate> {
  return new X509Certificate(await signStructure(toBeSigned(content, signer), signer));
}

function toBeSigned(content: CertificateContent, signer: CertificateSigner): Der {
  const v3 = explicit(0, smallInteger(2));
  return sequence(
    v3,
    integer(serialNumber()),
    algorithmIdentifier(signer),
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.publicKey,
    explicit(3, extensionList(content.extensions)),
  );
}

function serialNumber(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(16));
  // Positive, and with no leading zero byte: RFC 5280 section 4.1.2.2.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}
