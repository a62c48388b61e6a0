// SPDX-License-Identifier: Apache-2.0
/** Certificates of the installation, whose issuing key is in the HSM. RFC 5280; ECDSA P-256 with SHA-256 throughout. */

import type { X509Certificate } from "node:crypto";
import { encodeDistinguishedName } from "../x509/distinguished-name.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from "../x509/extensions.ts";
import { signCertificate } from "../x509/issue-certificate.ts";
import type { SignMessage } from "./signing-key.ts";

/** What a certificate says. */
export interface CertificateRequest {
  /** Common name of the subject. */
  readonly subject: string;
  /** Common name of the issuer. */
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

const serverAuth = "1.3.6.1.5.5.7.3.1";

/** Issues a certificate: the to-be-signed bytes are signed by the token. */
export async function issueCertificate(
  request: CertificateRequest,
  sign: SignMessage,
): Promise<X509Certificate> {
  return await signCertificate(
    {
      subject: encodeDistinguishedName(`CN=${request.subject}`),
      issuer: encodeDistinguishedName(`CN=${request.issuer}`),
      publicKey: request.publicKey,
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      extensions: [
        ...profileExtensions(request.profile),
        subjectKeyIdentifier(request.publicKey),
        authorityKeyIdentifier(keyIdentifier(request.issuerPublicKey)),
      ],
    },
    { algorithm: "ES256", publicKey: request.issuerPublicKey, sign },
  );
}

function profileExtensions(profile: CertificateRequest["profile"]): readonly Uint8Array[] {
  switch (profile.kind) {
    case "ca":
      return [basicConstraints(0), keyUsage(["keyCertSign", "cRLSign"])];
    case "signer":
      return [basicConstraints(), keyUsage(["digitalSignature"])];
    case "server":
      return [
        basicConstraints(),
        keyUsage(["digitalSignature"]),
        subjectAltName({ ...noNames, dnsNames: profile.hosts }, "named"),
        extendedKeyUsage([serverAuth]),
      ];
  }
}

const noNames = { emails: [], dnsNames: [], upns: [], uris: [], ipAddresses: [] } as const;
