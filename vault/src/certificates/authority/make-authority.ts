// SPDX-License-Identifier: Apache-2.0
/** Making a vault's root and the CA below it: both keys in the HSM, and the CA bound to the vault's domains. */

import type { X509Certificate } from "node:crypto";
import { randomBytes } from "node:crypto";
import { toBase64url, toHex } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { clockTolerance } from "../../installation/installation-keys.ts";
import { makeSigningKey, openSigningKey } from "../../installation/signing-key.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { readCertificate } from "../../x509/certificate-fields.ts";
import { encodeDistinguishedName } from "../../x509/distinguished-name.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyIdentifier,
  keyUsage,
  subjectKeyIdentifier,
} from "../../x509/extensions.ts";
import { signCertificate } from "../../x509/issue-certificate.ts";
import { nameConstraints } from "../../x509/name-constraints.ts";
import type { CertificateSigner } from "../../x509/signer.ts";
import { addMonths } from "../policy-content.ts";
import type { AuthorityRecord, CertifiedKeyRecord } from "./authority-record.ts";

/** Life of a root: who trusts it has to be told of the next. */
const rootMonths = 240;
/** Life of a CA that issues; longer than twice what it issues. */
export const issuingMonths = 84;

/** What making takes. */
export interface AuthorityMaking {
  readonly hsm: HsmClient;
  readonly vault: Vault;
  readonly at: Date;
}

/** A CA that signs. */
export interface OpenAuthority {
  readonly signer: CertificateSigner;
  /** Name, DER. */
  readonly subject: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly notAfter: Date;
}

/** A root whose only certificate is its own. */
export async function makeRoot(making: AuthorityMaking): Promise<CertifiedKeyRecord> {
  const key = await makeKey(making, "root");
  const subject = authorityName(making.vault, "root", key.keyId);
  const { signer } = key;
  const certificate = await certify({ ...key, subject, issuer: { signer, subject } }, making, [
    basicConstraints(1),
  ]);
  return recordOf(key, certificate);
}

/** A CA that issues, for the vault's domains alone. */
export async function makeIssuing(
  making: AuthorityMaking,
  root: OpenAuthority,
): Promise<AuthorityRecord["issuing"]> {
  const { vault } = making;
  const key = await makeKey(making, "issuing");
  const subject = authorityName(vault, "issuing CA", key.keyId);
  const certificate = await certify({ ...key, subject, issuer: root }, making, [
    basicConstraints(0),
    nameConstraints(vault.domains),
  ]);
  return { ...recordOf(key, certificate), domains: vault.domains };
}

/** A CA out of its record. */
export function openAuthority(
  hsm: HsmClient,
  vault: Vault,
  record: CertifiedKeyRecord,
): OpenAuthority {
  const key = openSigningKey(hsm, record.keyId, record, vault.uid);
  const certificate = new Uint8Array(Buffer.from(record.certificate, "base64url"));
  const { subject, notAfter } = readCertificate(certificate);
  const signer = { algorithm: "ES256", publicKey: key.spki, sign: key.sign } as const;
  return { signer, subject, certificate, notAfter };
}

interface MadeKey {
  readonly keyId: string;
  readonly content: { readonly blob: string; readonly publicKey: string };
  readonly signer: CertificateSigner;
}

async function makeKey(
  { hsm, vault }: AuthorityMaking,
  role: "root" | "issuing",
): Promise<MadeKey> {
  const keyId = `authority-${role}-${toHex(new Uint8Array(randomBytes(4)))}`;
  const content = await makeSigningKey(hsm, keyId, "sign", vault.uid);
  const { spki, sign } = openSigningKey(hsm, keyId, content, vault.uid);
  return { keyId, content, signer: { algorithm: "ES256", publicKey: spki, sign } };
}

interface Certified extends MadeKey {
  readonly subject: Uint8Array;
  readonly issuer: Pick<OpenAuthority, "signer" | "subject">;
}

async function certify(
  { signer, subject, issuer, keyId }: Certified,
  { at }: AuthorityMaking,
  constraints: readonly Uint8Array[],
): Promise<X509Certificate> {
  const months = keyId.startsWith("authority-root") ? rootMonths : issuingMonths;
  return await signCertificate(
    {
      subject,
      issuer: issuer.subject,
      publicKey: signer.publicKey,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: addMonths(at, months),
      extensions: [
        ...constraints,
        keyUsage(["keyCertSign", "cRLSign"]),
        subjectKeyIdentifier(signer.publicKey),
        authorityKeyIdentifier(keyIdentifier(issuer.signer.publicKey)),
      ],
    },
    issuer.signer,
  );
}

/** Two CAs never have one name: a name is what chains are built by. */
function authorityName(vault: Vault, role: string, keyId: string): Uint8Array {
  const serial = keyId.slice(-8);
  const name = `Strongroom ${role} ${serial}`;
  return encodeDistinguishedName(
    `CN=${name},OU=${vault.uid.slice(0, 64)},O=${`${vault.name}.${vault.namespace}`.slice(0, 64)}`,
  );
}

function recordOf({ keyId, content }: MadeKey, certificate: X509Certificate): CertifiedKeyRecord {
  return { keyId, ...content, certificate: toBase64url(new Uint8Array(certificate.raw)) };
}
