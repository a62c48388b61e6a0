// SPDX-License-Identifier: Apache-2.0
/** Management routes of what is in a vault: policies, and objects that resources ask for. */

import { z } from "zod";
import { maxContentTypeLength } from "../limits.ts";
import { objectVersionSchema } from "../names.ts";
import { keyReleasePolicySpecSchema } from "../resources/key-release-policy.ts";
import { generateSchema, tagsSchema } from "../resources/vault-secret.ts";
import { manageCallSchema } from "./manage.ts";
import { count, hexOf, intDate } from "./wire.ts";

/** Body of `PUT …/policies/{name}`. */
export const putPolicyRequestSchema = manageCallSchema.extend({
  selector: keyReleasePolicySpecSchema.shape.selector,
  immutable: keyReleasePolicySpecSchema.shape.immutable,
  policy: keyReleasePolicySpecSchema.shape.policy,
});

/** Desired policy. */
export type PutPolicyRequest = z.output<typeof putPolicyRequestSchema>;

/** Its answer: SHA-256 of the policy as pinned, how many objects it governs now, and what a reader should know. */
export const putPolicyResponseSchema = z.strictObject({
  digest: hexOf(32),
  objects: count,
  warnings: z.array(z.string().max(512)).max(32),
});

/** What became of a policy. */
export type PutPolicyResponse = z.output<typeof putPolicyResponseSchema>;

/** Body of `PUT …/secrets/{name}`; times are seconds since the epoch. */
export const putSecretRequestSchema = manageCallSchema.extend({
  generate: generateSchema,
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

/** Desired secret; its value is generated in the vault. */
export type PutSecretRequest = z.output<typeof putSecretRequestSchema>;

/** Its answer: current version, object id without host secrets, and whether this call made the value. */
export const putSecretResponseSchema = z.strictObject({
  version: objectVersionSchema,
  id: z.string().min(1).max(512),
  created: z.boolean(),
});

/** What became of a secret. */
export type PutSecretResponse = z.output<typeof putSecretResponseSchema>;
