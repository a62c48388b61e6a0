// SPDX-License-Identifier: Apache-2.0
/** Certificates as a kind of object. */

import { createHash } from "node:crypto";
import { fromBase64url } from "@strongroom/core";
import { z } from "zod";
import { versionRecordSchema } from "../objects/object-record.ts";
import type { ObjectType, VersionOf } from "../objects/object-type.ts";
import { operationKeyId } from "./operation-record.ts";
import { policyRecordId } from "./policy-record.ts";

const ownSchema = z.object({
  /** DER in base64url, in the order of the secret; none while the certificate is pending. */
  certificates: z.array(z.string()),
  /** Which of them is the key's. */
  leaf: z.number(),
  preserveCertOrder: z.boolean().optional(),
  /** What the audit log has already said about the end of it. */
  announced: z.enum(["nearExpiry", "expired"]).optional(),
});

/** What only the versions of certificates have. */
export type CertificateMembers = z.infer<typeof ownSchema>;

/** A version of a certificate. */
export type CertificateVersion = VersionOf<CertificateMembers>;

/** The kind. */
export const certificateType: ObjectType<CertificateMembers> = {
  kind: "certificates",
  noun: "Certificate",
  versionSchema: versionRecordSchema.extend(ownSchema.shape),
  companions: (name) => [policyRecordId(name), operationKeyId(name)],
};

/** Members of a version that waits for its certificate. */
export const pendingMembers: CertificateMembers = { certificates: [], leaf: 0 };

/** Whether the version waits for its certificate. */
export function isPending({ certificates }: Pick<CertificateMembers, "certificates">): boolean {
  return certificates.length === 0;
}

/** The certificate itself, DER; nothing while it is pending. */
export function leafOf({ certificates, leaf }: CertificateMembers): Uint8Array | undefined {
  const encoded = certificates[leaf];
  return encoded === undefined ? undefined : fromBase64url(encoded);
}

/** SHA-1 of the certificate, as Key Vault and Windows name certificates. It protects nothing. */
export function thumbprintOf(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha1").update(certificate).digest());
}
