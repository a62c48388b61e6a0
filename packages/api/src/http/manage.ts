// SPDX-License-Identifier: Apache-2.0
/** Management routes: what the operator tells the vault and what it hears back. */

import { z } from "zod";
import { maxAccounts, maxContentTypeLength, maxListedObjects } from "../limits.ts";
import {
  kubernetesNameSchema,
  namespaceNameSchema,
  objectNameSchema,
  objectVersionSchema,
  uidSchema,
  vaultNameSchema,
} from "../names.ts";
import { keyReleasePolicySpecSchema } from "../resources/key-release-policy.ts";
import { protectionSchema, secretVaultSpecSchema } from "../resources/secret-vault.ts";
import { generateSchema, tagsSchema } from "../resources/vault-secret.ts";
import { headReferenceSchema } from "./release.ts";
import { count, hexOf, intDate, milliTime } from "./wire.ts";

const owner = z.strictObject({ uid: uidSchema });

/** What every management call carries: lease epoch (a stale one is refused), and which resource at which generation. */
export const manageCallSchema = z.strictObject({
  epoch: count,
  generation: count,
  owner,
});

/** Fencing and ownership of a management call; also the whole body of a DELETE. */
export type ManageCall = z.output<typeof manageCallSchema>;

/** Body of `PUT …/vaults/{uid}`; `owner.uid` is the same uid. */
export const putVaultRequestSchema = manageCallSchema.extend({
  name: vaultNameSchema,
  namespace: namespaceNameSchema,
  spec: secretVaultSpecSchema,
  /** ServiceAccounts of the namespace that the spec names and that exist, with their uids. */
  accounts: z
    .array(z.strictObject({ name: kubernetesNameSchema, uid: uidSchema }))
    .max(maxAccounts)
    .optional(),
});

/** Desired vault. */
export type PutVaultRequest = z.output<typeof putVaultRequestSchema>;

const accountNames = z.array(kubernetesNameSchema).max(maxAccounts).optional();

const vaultFacts = z.strictObject({
  uid: uidSchema,
  protection: protectionSchema,
  domain: z.enum(["active", "none"]),
  enforcedBy: z.enum(["token", "host"]),
  auditHead: headReferenceSchema.extend({ time: milliTime }).optional(),
  counts: z.strictObject({ secrets: count }),
});

/** Answer of `PUT …/vaults/{uid}`. */
export const putVaultResponseSchema = vaultFacts.extend({
  created: z.boolean(),
  /** ServiceAccounts that the spec names and that there has not been yet. */
  pendingAccounts: accountNames,
  /** ServiceAccounts that were made anew since the vault first knew them; the new ones have no rights. */
  replacedAccounts: accountNames,
});

/** What the vault is, and whether this call made it. */
export type PutVaultResponse = z.output<typeof putVaultResponseSchema>;

/** Answer of `GET …/vaults/{uid}`: also every policy and operator-made secret, with the resource that each came from. */
export const vaultStatusSchema = vaultFacts.extend({
  name: vaultNameSchema,
  namespace: namespaceNameSchema,
  policies: z
    .array(z.strictObject({ name: kubernetesNameSchema, owner, digest: hexOf(32) }))
    .max(maxListedObjects),
  secrets: z
    .array(z.strictObject({ name: objectNameSchema, owner, version: objectVersionSchema }))
    .max(maxListedObjects),
});

/** State of a vault as the operator sees it. */
export type VaultStatus = z.output<typeof vaultStatusSchema>;

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

/** Answer of every DELETE; `false` where there was nothing. */
export const deletedResponseSchema = z.strictObject({ deleted: z.boolean() });

/** Whether something was there. */
export type DeletedResponse = z.output<typeof deletedResponseSchema>;
