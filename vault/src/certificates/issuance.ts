// SPDX-License-Identifier: Apache-2.0
/** Who issues a policy's certificates, and the issuing: by the certificate's own key, or by the vault's CA. */

import { Refusal } from "../audit/event.ts";
import { clockTolerance } from "../installation/installation-keys.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { authorityKeyIdentifier, keyIdentifier, subjectKeyIdentifier } from "../x509/extensions.ts";
import { signCertificate } from "../x509/issue-certificate.ts";
import { signRequest } from "../x509/request-certificate.ts";
import type { CertificateSigner } from "../x509/signer.ts";
import { type AuthorityDeps, authorityFor } from "./authority/authority-source.ts";
import { checkDomains } from "./authority/domain-rules.ts";
import { type CertificatePolicy, isSelfIssuer, isUnknownIssuer } from "./certificate-policy.ts";
import { isOwnProvider, readIssuer } from "./issuer-record.ts";
import { addMonths, contentOf } from "./policy-content.ts";

/** @throws {Refusal} `BadParameter` if nobody here issues what the policy says. */
export async function requireIssuable(
  tx: RecordReader,
  vault: Vault,
  policy: CertificatePolicy,
): Promise<void> {
  if (isSelfIssuer(policy) || isUnknownIssuer(policy)) {
    return;
  }
  const issuer = await readIssuer(tx, vault, policy.issuer.name);
  if (issuer === undefined) {
    throw new Refusal("BadParameter", `issuer: there is no issuer ${policy.issuer.name}`);
  }
  if (!issuer.enabled) {
    throw new Refusal("BadParameter", `issuer: ${issuer.name} is disabled`);
  }
  if (!isOwnProvider(issuer)) {
    throw new Refusal(
      "BadParameter",
      `issuer: this vault cannot order certificates from ${issuer.provider}; use provider Strongroom, or issuer Unknown with a merge`,
    );
  }
  checkDomains(policy, vault.domains);
}

/** What is issued, and for whom. */
export interface Issuance {
  readonly vault: Vault;
  readonly policy: CertificatePolicy;
  readonly subject: CertificateSigner;
  readonly at: Date;
}

/** Issues; DER, the certificate first and then its issuers without the root. */
export async function issue(
  deps: AuthorityDeps,
  { vault, policy, subject, at }: Issuance,
): Promise<readonly Uint8Array[]> {
  const content = contentOf(policy);
  const notAfter = addMonths(at, policy.x509_props.validity_months);
  const isSelf = isSelfIssuer(policy);
  const authority = isSelf
    ? { signer: subject, subject: content.subject, certificate: undefined }
    : await authorityFor(deps, { vault, at, until: notAfter });
  const certificate = await signCertificate(
    {
      subject: content.subject,
      issuer: authority.subject,
      publicKey: subject.publicKey,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter,
      extensions: [
        ...content.extensions,
        subjectKeyIdentifier(subject.publicKey),
        authorityKeyIdentifier(keyIdentifier(authority.signer.publicKey)),
      ],
    },
    authority.signer,
  );
  const leaf = new Uint8Array(certificate.raw);
  return authority.certificate === undefined ? [leaf] : [leaf, authority.certificate];
}

/** A request for an authority outside, DER. */
export async function requestFor({
  policy,
  subject,
}: Pick<Issuance, "policy" | "subject">): Promise<Uint8Array> {
  return await signRequest(contentOf(policy), subject);
}
