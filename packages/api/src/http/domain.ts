// SPDX-License-Identifier: Apache-2.0
/** The security domain's routes: Managed HSM's bodies, and ours for the rotation of key encryption keys. */

import { z } from "zod";
import { base64url, count } from "./wire.ts";

/** Longest domain or restore file in bytes. */
const maxFileBytes = 512 * 1024;

/** A JSON Web Key of a custodian; its certificate is what counts. RFC 7517 section 4.7. */
const custodianKey = z.looseObject({
  /** The certificate, base64 DER; those that issued it may follow. */
  x5c: z.array(z.string().min(1).max(16_384)).min(1).max(10),
});

/** Body of `POST /securitydomain/download`. */
export const downloadRequestSchema = z.looseObject({
  certificates: z.array(custodianKey).min(1).max(16),
  required: z.int().min(0).max(64).default(2),
});
export type DownloadRequest = z.input<typeof downloadRequestSchema>;

/** A security domain as it travels: base64url. */
export const securityDomainSchema = z.looseObject({ value: base64url(maxFileBytes).min(1) });

/** How a download or an upload goes. */
export const domainOperationSchema = z.object({
  status: z.enum(["Success", "InProgress", "Failed"]),
  status_details: z.string().optional(),
});
export type DomainOperation = z.infer<typeof domainOperationSchema>;

/** The key that custodians encrypt their shares to. */
export const transferKeySchema = z.object({
  key_format: z.literal("jwk"),
  transfer_key: z.object({
    kid: z.string().max(128),
    kty: z.literal("RSA"),
    n: base64url(1024),
    e: base64url(8),
    alg: z.literal("RSA-OAEP-256"),
    key_ops: z.array(z.string().max(32)).max(4),
  }),
});
export type TransferKey = z.infer<typeof transferKeySchema>;

/** Body of our rotation: custodians only where they are to change. */
export const rotateRequestSchema = z.strictObject({
  certificates: z.array(custodianKey).max(16).default([]),
  required: z.int().min(0).max(64).default(0),
  /** A restore file in which a quorum of the present custodians took part. */
  restore: base64url(maxFileBytes).optional(),
});
export type RotateRequest = z.input<typeof rotateRequestSchema>;

/** What the installation's host says of the domain and of its keys. */
export const domainStatusSchema = z.object({
  state: z.enum(["pending", "active", "none"]),
  /** Whether the store has keys that this token lacks: the domain is to be uploaded. */
  recoveryRequired: z.boolean(),
  custodians: count,
  required: count,
  /** Key check values of KEK-N, the newest first. */
  generations: z.array(z.string().max(64)),
  /** Keys in the store that are under older key encryption keys. */
  outdated: count,
});
export type DomainStatus = z.infer<typeof domainStatusSchema>;
