// SPDX-License-Identifier: Apache-2.0
/** Management routes of what is in a vault: policies, and objects that resources ask for. */

import { z } from "zod";
import {
  maxContentTypeLength,
  maxJweLength,
  maxNamedObjects,
  maxPolicyWarnings,
} from "../limits.ts";
import { objectVersionSchema } from "../names.ts";
import { keyReleasePolicySpecSchema } from "../resources/key-release-policy.ts";
import { tagsSchema } from "../resources/object-members.ts";
import { generateSchema } from "../resources/vault-secret.ts";
import { manageCallSchema } from "./manage.ts";
import { base64, compact, count, hexOf, intDate } from "./wire.ts";

/** Body of `PUT …/policies/{name}`. */
export const putPolicyRequestSchema = manageCallSchema.extend({
  selector: keyReleasePolicySpecSchema.shape.selector,
  immutable: keyReleasePolicySpecSchema.shape.immutable,
  policy: keyReleasePolicySpecSchema.shape.policy,
});

/** Desired policy. */
export type PutPolicyRequest = z.output<typeof putPolicyRequestSchema>;

/** Its answer: SHA-256 of the policy as pinned, how many objects it governs now and the first of them, and what is risky about it. */
export const putPolicyResponseSchema = z.strictObject({
  digest: hexOf(32),
  objects: count,
  names: z.array(z.string().max(160)).max(maxNamedObjects),
  warnings: z.array(z.string().max(512)).max(maxPolicyWarnings),
});

/** What became of a policy. */
export type PutPolicyResponse = z.output<typeof putPolicyResponseSchema>;

/** Body of `PUT …/secrets/{name}`; times are seconds since the epoch. */
export const putSecretRequestSchema = manageCallSchema.extend({
  generate: generateSchema.optional(),
  sealed: compact(5, maxJweLength).optional(),
  contentType: z.string().max(maxContentTypeLength).optional(),
  tags: tagsSchema.optional(),
  attributes: z
    .strictObject({
      enabled: z.boolean().optional(),
      nbf: intDate.optional(),
      exp: intDate.optional(),
    })
    .optional(),
});

/** Desired secret; its value is generated in the vault, or opened there. Exactly one of `generate` and `sealed`. */
export type PutSecretRequest = z.output<typeof putSecretRequestSchema>;

/** Answer to a secret or a key: current version, object id, and whether this call made the object. */
export const putObjectResponseSchema = z.strictObject({
  version: objectVersionSchema,
  id: z.string().min(1).max(512),
  created: z.boolean(),
});

/** What became of a secret or a key. */
export type PutObjectResponse = z.output<typeof putObjectResponseSchema>;

/** A body of Key Vault's own, in its own words; the vault parses it as it parses a client's. */
const keyVaultBody = z.looseObject({});

/** Body of `PUT …/keys/{name}`: CreateKey's body, and a key rotation policy. */
export const putKeyRequestSchema = manageCallSchema.extend({
  key: keyVaultBody,
  rotationPolicy: keyVaultBody.optional(),
});

/** Desired key. */
export type PutKeyRequest = z.output<typeof putKeyRequestSchema>;

/** Body of `PUT …/certificates/{name}`: CreateCertificate's body. */
export const putCertificateRequestSchema = manageCallSchema.extend({ certificate: keyVaultBody });

/** Desired certificate. */
export type PutCertificateRequest = z.output<typeof putCertificateRequestSchema>;

/** Answer to a certificate: as to a key, and how its issuing goes. */
export const putCertificateResponseSchema = putObjectResponseSchema.extend({
  /** Of the newest operation; `inProgress` with a request waits for somebody to merge the certificate. */
  state: z.enum(["completed", "inProgress", "failed", "cancelled"]),
  message: z.string().max(1_024).optional(),
  expires: intDate.optional(),
  /** SHA-256 of the current version. */
  thumbprint: hexOf(32).optional(),
  /** PKCS #10, DER. */
  request: base64(12_288).optional(),
});

/** What became of a certificate. */
export type PutCertificateResponse = z.output<typeof putCertificateResponseSchema>;
