// SPDX-License-Identifier: Apache-2.0
/** VaultSecret: a secret whose value the vault generates; the value is never in Kubernetes. */

import { z } from "zod";
import { maxContentTypeLength, maxTagLength, maxTags } from "../limits.ts";
import { objectNameSchema, vaultNameSchema } from "../names.ts";
import { commonStatus } from "./status.ts";
import { fixedMember, fixedOnceSet } from "./validation.ts";

/** How the value is made. */
export const generateSchema = z.strictObject({
  length: z.int().min(16).max(256).default(32).describe("random bytes that go into the value"),
  encoding: z
    .enum(["base64url", "hex", "alphanumeric"])
    .default("alphanumeric")
    .describe("characters of the value; `alphanumeric` has as many characters as `length`"),
});

/** How the value is made. */
export type Generate = z.output<typeof generateSchema>;

/** Tags of an object. */
export const tagsSchema = z
  .record(z.string().min(1).max(maxTagLength), z.string().max(maxTagLength))
  .refine((tags) => Object.keys(tags).length <= maxTags, `at most ${maxTags} tags`)
  .meta({ maxProperties: maxTags });

/** `spec` of a VaultSecret. */
export const vaultSecretSpecSchema = z
  .strictObject({
    vault: vaultNameSchema
      .describe("name of the SecretVault in the same namespace")
      .meta(fixedOnceSet("vault")),
    name: objectNameSchema
      .optional()
      .describe("name of the secret in the vault; default the resource's own name"),
    contentType: z
      .string()
      .max(maxContentTypeLength)
      .optional()
      .describe("content type of the value, for its readers"),
    tags: tagsSchema.optional().describe("tags of the secret"),
    attributes: z
      .strictObject({
        enabled: z.boolean().default(true).describe("whether the value can be read or released"),
        notBefore: z.iso
          .datetime({ offset: true })
          .optional()
          .describe("informational, as in Key Vault"),
        expires: z.iso
          .datetime({ offset: true })
          .optional()
          .describe("informational, as in Key Vault"),
      })
      .optional(),
    generate: generateSchema.describe(
      "how the value is made, once; a later change of this makes no new value",
    ),
  })
  .meta(fixedMember("name", "name"));

/** Desired secret. */
export type VaultSecretSpec = z.output<typeof vaultSecretSpecSchema>;

/** `status` of a VaultSecret. */
export const vaultSecretStatusSchema = z.strictObject({
  ...commonStatus,
  version: z.string().max(64).optional().describe("current version of the secret"),
  id: z
    .string()
    .max(512)
    .optional()
    .describe("identifier of the secret, as Key Vault clients see it"),
});

/** Observed secret. */
export type VaultSecretStatus = z.output<typeof vaultSecretStatusSchema>;
