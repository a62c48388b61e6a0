// SPDX-License-Identifier: Apache-2.0
/** VaultKey: a key that the vault generates; in Key Vault's words. */

import { z } from "zod";
import { maxPolicyBytes } from "../limits.ts";
import { objectNameSchema } from "../names.ts";
import { attributesSchema, tagsSchema, vaultReference, versionStatus } from "./object-members.ts";
import { hasBoundedSize } from "./policy-size.ts";
import { commonStatus } from "./status.ts";
import { exactlyOneOf, fixedMember, fixedOnceSet, type Rule, withRules } from "./validation.ts";

/** Key Vault's key types; `-HSM` lives in the token, the others are encrypted at rest and used in the vault. */
export const keyTypeSchema = z.enum(["EC", "EC-HSM", "RSA", "RSA-HSM", "oct", "oct-HSM", "AKP"]);

const operations = [
  ...(["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "export"] as const),
  ...(["secureWrapKey", "secureUnwrapKey"] as const),
] as const;

const duration = z
  .string()
  .max(32)
  .regex(/^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/);

const trigger = withRules(
  z.strictObject({
    timeAfterCreate: duration.optional().describe("ISO 8601 duration since the version was made"),
    timeBeforeExpiry: duration.optional().describe("ISO 8601 duration until the version expires"),
  }),
  exactlyOneOf("timeAfterCreate", "timeBeforeExpiry"),
);

const rotationPolicy = z.strictObject({
  lifetimeActions: z
    .array(
      z.strictObject({
        trigger,
        action: z
          .enum(["Rotate", "Notify"])
          .describe("`Rotate` makes a new version, `Notify` writes an audit event"),
      }),
    )
    .max(2)
    .default([]),
  expiryTime: duration.optional().describe("ISO 8601 duration after which a new version expires"),
});

const releasePolicy = z.strictObject({
  policy: z
    .looseObject({})
    .refine(hasBoundedSize, `policy is larger than ${maxPolicyBytes} bytes`)
    .describe("release policy in Key Vault's grammar"),
  immutable: z.boolean().default(false).describe("whether the policy can never be changed again"),
});

type KeyShape = {
  readonly kty: string;
  readonly curve?: string | undefined;
  readonly keySize?: number | undefined;
  readonly algorithm?: string | undefined;
  readonly keyOps?: readonly string[] | undefined;
  readonly exportable: boolean;
  readonly releasePolicy?: object | undefined;
};

const belongs = (member: "curve" | "keySize" | "algorithm", prefixes: readonly string[]) =>
  ({
    rule: `!has(self.${member}) || [${prefixes.map((prefix) => `'${prefix}'`).join(", ")}].exists(t, self.kty == t || self.kty == t + '-HSM')`,
    message: `${member} is for keys of type ${prefixes.join(" and ")} alone`,
    check: (key) =>
      key[member] === undefined ||
      prefixes.some((prefix) => key.kty === prefix || key.kty === `${prefix}-HSM`),
  }) satisfies Rule<KeyShape>;

const secureOps = ["secureWrapKey", "secureUnwrapKey"] as const;
const hasSecureOps = `has(self.keyOps) && self.keyOps.exists(o, o in ['${secureOps.join("', '")}'])`;
const wrapsSecurely = ({ keyOps = [] }: KeyShape) =>
  secureOps.some((operation) => keyOps.includes(operation));

const releasedWithPolicy: Rule<KeyShape> = {
  rule: `(self.exportable || (${hasSecureOps})) == has(self.releasePolicy)`,
  message:
    "an exportable key has a releasePolicy, so has one with secureUnwrapKey, and no other key",
  check: (key) => (key.exportable || wrapsSecurely(key)) === (key.releasePolicy !== undefined),
};

const secureOpsTogether: Rule<KeyShape> = {
  rule: `!(${hasSecureOps}) || (!self.exportable && ['${secureOps.join("', '")}'].all(o, o in self.keyOps) && self.keyOps.all(o, o in ['${secureOps.join("', '")}', 'wrapKey']))`,
  message:
    "secureWrapKey and secureUnwrapKey stand together, with wrapKey alone, for a key that is not exportable",
  check: (key) =>
    !wrapsSecurely(key) ||
    (!key.exportable &&
      secureOps.every((operation) => key.keyOps?.includes(operation)) &&
      (key.keyOps ?? []).every((operation) => ["wrapKey", ...secureOps].includes(operation))),
};

/** `spec` of a VaultKey. */
export const vaultKeySpecSchema = withRules(
  z.strictObject({
    vault: vaultReference,
    name: objectNameSchema
      .optional()
      .describe("name of the key in the vault; default the resource's own name"),
    kty: keyTypeSchema
      .describe("type of the key; `-HSM` never leaves the token in clear")
      .meta(fixedOnceSet("kty")),
    curve: z
      .enum(["P-256", "P-384", "P-521", "P-256K"])
      .optional()
      .describe("curve of an EC key, default P-256; fixed"),
    keySize: z
      .literal([128, 192, 256, 2048, 3072, 4096])
      .optional()
      .describe("bits of an RSA key, default 2048, or of an oct key, default 256; fixed"),
    algorithm: z
      .enum(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
      .optional()
      .describe("parameter set of an AKP key; fixed"),
    keyOps: z
      .array(z.enum(operations))
      .max(operations.length)
      .optional()
      .describe(
        "what the key may be used for; default all that its type can. `secureWrapKey` and `secureUnwrapKey` wrap data keys for attested environments",
      ),
    exportable: z
      .boolean()
      .default(false)
      .describe("whether the key can be released; fixed")
      .meta(fixedOnceSet("exportable")),
    releasePolicy: releasePolicy
      .optional()
      .describe(
        "who the key, or what it wrapped, can be released to; a KeyReleasePolicy that selects it counts as well",
      ),
    rotationPolicy: rotationPolicy.optional().describe("when new versions are made"),
    attributes: attributesSchema({
      enabled: "whether the key can be used",
      times: "outside of them only decrypt, unwrapKey and verify work",
    }),
    tags: tagsSchema.optional().describe("tags of the key"),
  }),
  belongs("curve", ["EC"]),
  belongs("keySize", ["RSA", "oct"]),
  belongs("algorithm", ["AKP"]),
  releasedWithPolicy,
  secureOpsTogether,
  fixedMember("name"),
  fixedMember("curve"),
  fixedMember("keySize"),
  fixedMember("algorithm"),
);

/** Desired key. */
export type VaultKeySpec = z.output<typeof vaultKeySpecSchema>;

/** `status` of a VaultKey. */
export const vaultKeyStatusSchema = z.strictObject({ ...commonStatus, ...versionStatus("key") });

/** Observed key. */
export type VaultKeyStatus = z.output<typeof vaultKeyStatusSchema>;
