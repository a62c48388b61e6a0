// SPDX-License-Identifier: Apache-2.0
/** VaultSecret: a secret whose value the vault generates, or opens; in Kubernetes it is never in clear. */

import { z } from "zod";
import { maxContentTypeLength, maxJweLength } from "../limits.ts";
import { objectNameSchema } from "../names.ts";
import { attributesSchema, tagsSchema, vaultReference, versionStatus } from "./object-members.ts";
import { commonStatus } from "./status.ts";
import { exactlyOneOf, fixedMember, withRules } from "./validation.ts";

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

/** `spec` of a VaultSecret. */
export const vaultSecretSpecSchema = withRules(
  z.strictObject({
    vault: vaultReference,
    name: objectNameSchema
      .optional()
      .describe("name of the secret in the vault; default the resource's own name"),
    contentType: z
      .string()
      .max(maxContentTypeLength)
      .optional()
      .describe("content type of the value, for its readers"),
    tags: tagsSchema.optional().describe("tags of the secret"),
    attributes: attributesSchema({
      enabled: "whether the value can be read or released",
      times: "informational, as in Key Vault",
    }),
    generate: generateSchema
      .optional()
      .describe("how the value is made, once; a later change of this makes no new value"),
    sealed: z
      .string()
      .max(maxJweLength)
      .regex(/^[\w-]+(\.[\w-]+){4}$/)
      .optional()
      .describe(
        "the value as `strongroom seal` made it for this vault, namespace and name; a later one needs a higher serial",
      ),
  }),
  exactlyOneOf("generate", "sealed"),
  fixedMember("name"),
);

/** Desired secret. */
export type VaultSecretSpec = z.output<typeof vaultSecretSpecSchema>;

/** `status` of a VaultSecret. */
export const vaultSecretStatusSchema = z.strictObject({
  ...commonStatus,
  ...versionStatus("secret"),
});

/** Observed secret. */
export type VaultSecretStatus = z.output<typeof vaultSecretStatusSchema>;
