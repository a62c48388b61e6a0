// SPDX-License-Identifier: Apache-2.0
/**
 * Attestation keys that somebody vouches for: by a certificate up to a configured root, or because they are configured.
 * A key that merely comes with a quote is none. TCG TPM 2.0 Keys for Device Identity and Attestation, section 8.
 */

import { createHash, type KeyObject } from "node:crypto";
import { ifWellFormed } from "../if-well-formed.ts";
import type { Refused } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { checkPath } from "../x509/check-path.ts";
import { extensionOid, hasKeyUsage, keyUsage } from "../x509/extensions.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import { findRoot } from "../x509/find-root.ts";
import type { TrustClass } from "./verify-ek-certificate.ts";

/** A trusted root or key by fingerprint: SHA-256 of a certificate, or of a SubjectPublicKeyInfo; lower-case hexadecimal. */
export interface AttestationRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly fingerprint: string;
}

/** A key that quotes may be verified with, and who vouches for it. */
export interface AttestationAnchor {
  readonly key: KeyObject;
  readonly root: AttestationRoot;
}

/** Google's CAs of Compute Engine's virtual TPMs; published at pki.goog/cloud_integrity. */
export const gceTpmRoots: readonly AttestationRoot[] = [
  {
    name: "gce-ek-ak",
    class: "virtual",
    fingerprint: "594759594b9b61524f6c8ef668f7177f7b9066bc0674f2f49fe9e052be78beb2",
  },
  {
    name: "gce-tpm-ek-v1",
    class: "virtual",
    fingerprint: "9bd5285f8fb18502a7947e621ffd470266f49fcd3b73e19a190f690ad32a7caf",
  },
];

/** Microsoft's CA of Azure's virtual TPMs, "Azure Virtual TPM Root Certificate Authority 2023". */
export const azureTpmRoots: readonly AttestationRoot[] = [
  {
    name: "azure-virtual-tpm",
    class: "virtual",
    fingerprint: "e6c596b17f8ffefba5c300f714cfb1260c6028704ecf7becc4ab5018efb00e95",
  },
];

/** tcg-kp-AIKCertificate; tcg-kp-EKCertificate, which Google's first CA put into certificates of attestation keys. */
const purposes = ["2.23.133.8.3", "2.23.133.8.1"];

/** Certificates that are looked at. */
const most = 16;

/** The anchors among certificates that came with evidence or endorsements, and why others are none. */
export function findAttestationAnchors(
  certificates: readonly Uint8Array[],
  roots: readonly AttestationRoot[],
  at: Date,
): { readonly anchors: readonly AttestationAnchor[]; readonly refusals: readonly Refused[] } {
  const parsed = certificates.slice(0, most).flatMap(tryParse);
  const anchors: AttestationAnchor[] = [];
  const refusals: Refused[] = [];
  for (const leaf of parsed.filter((one) => isAttestationLeaf(one))) {
    const found = anchor(leaf, parsed, roots, at);
    if ("kind" in found) {
      refusals.push(found);
    } else {
      anchors.push(found);
    }
  }
  return { anchors, refusals };
}

/** SHA-256 of a key's SubjectPublicKeyInfo, lower-case hexadecimal. */
export function keyFingerprint(key: KeyObject): string {
  const spki = key.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

function anchor(
  leaf: Certificate,
  all: readonly Certificate[],
  roots: readonly AttestationRoot[],
  at: Date,
): AttestationAnchor | Refused {
  const pins = new Map(roots.map((root) => [root.fingerprint, root]));
  const leafExtensions = [extensionOid.subjectAltName];
  const purpose = { at, purposes, withoutPurpose: "accepted", leafExtensions } as const;
  const check = (path: CertificatePath) => checkPath(path, purpose);
  const root = findRoot<AttestationRoot>(leaf, all, { roots: pins, check });
  return "kind" in root ? root : { key: leaf.publicKey, root };
}

/** Endorsement keys have certificates too, but never one for signatures. */
function isAttestationLeaf(certificate: Certificate): boolean {
  return (
    hasKeyUsage(certificate, keyUsage.digitalSignature) &&
    !hasKeyUsage(certificate, keyUsage.keyCertSign)
  );
}

/** A CA's bundle may hold what is no certificate of ours to read; it anchors nothing then. */
function tryParse(der: Uint8Array): readonly Certificate[] {
  return ifWellFormed(() => [parseCertificate(der)]) ?? [];
}
