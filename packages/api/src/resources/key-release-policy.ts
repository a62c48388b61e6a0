// SPDX-License-Identifier: Apache-2.0
/** KeyReleasePolicy: which attested environments may receive which objects, in Key Vault's grammar. */

import { z } from "zod";
import { maxNamedObjects, maxPolicyBytes, maxPolicyWarnings } from "../limits.ts";
import { objectKindSchema, objectPatternSchema, vaultNameSchema } from "../names.ts";
import { hasBoundedSize } from "./policy-size.ts";
import { commonStatus } from "./status.ts";
import { fixedOnceSet, neverSwitchedOff } from "./validation.ts";

/** `spec` of a KeyReleasePolicy. */
export const keyReleasePolicySpecSchema = z.strictObject({
  vault: vaultNameSchema
    .describe("name of the SecretVault in the same namespace")
    .meta(fixedOnceSet("vault")),
  selector: z
    .strictObject({
      kinds: z.array(objectKindSchema).min(1).max(3).describe("kinds of objects"),
      names: z
        .array(objectPatternSchema)
        .min(1)
        .max(64)
        .describe("patterns over object names; `*` stands for any text"),
    })
    .describe("which objects the policy governs"),
  immutable: z
    .boolean()
    .default(false)
    .describe("whether the vault refuses every later change of the policy; cannot be undone")
    .meta(neverSwitchedOff("immutable")),
  policy: z
    .looseObject({})
    .refine(hasBoundedSize, `policy is larger than ${maxPolicyBytes} bytes`)
    .describe("release policy in Key Vault's grammar (`version`, `anyOf`, `allOf`)"),
});

/** Desired policy. */
export type KeyReleasePolicySpec = z.output<typeof keyReleasePolicySpecSchema>;

/** `status` of a KeyReleasePolicy. */
export const keyReleasePolicyStatusSchema = z.strictObject({
  ...commonStatus,
  digest: z.string().max(64).optional().describe("SHA-256 of the policy that the vault enforces"),
  objects: z.int().min(0).optional().describe("objects that the policy governs"),
  firstObjects: z
    .array(z.string().max(160))
    .max(maxNamedObjects)
    .optional()
    .describe("the first of them, as KIND/NAME"),
  warnings: z
    .array(z.string().max(512))
    .max(maxPolicyWarnings)
    .optional()
    .describe("what is risky about the policy, or can never be met, as CODE: SENTENCE"),
});

/** Observed policy. */
export type KeyReleasePolicyStatus = z.output<typeof keyReleasePolicyStatusSchema>;
