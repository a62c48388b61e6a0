// SPDX-License-Identifier: Apache-2.0
/** A charter: the rules of one vault, as those say who hold its signing keys. */

import { everyCondition, isSignerKey, releasePolicySchema, signerId } from "@strongroom/core";
import { z } from "zod";
import { base64urlOf, hexOf, intDate } from "../http/wire.ts";
import {
  maxCharterAuthorities,
  maxCharterPolicies,
  maxCharterSigners,
  maxRoleAssignments,
} from "../limits.ts";
import {
  kubernetesNameSchema,
  objectKindSchema,
  objectPatternSchema,
  uidSchema,
} from "../names.ts";
import { trustClassSchema } from "../resources/attestation/trust-root.ts";
import { roleAssignmentSchema } from "../resources/role-assignment.ts";

/** `typ` of a signed charter. */
export const charterType = "strongroom-charter+jws";

/** Public key of a signer: nothing else than what makes it, so that one key has one spelling. */
export const signerKeySchema = z
  .discriminatedUnion("kty", [
    z.strictObject({
      kty: z.literal("EC"),
      crv: z.enum(["P-256", "P-384"]),
      x: z.string().max(64),
      y: z.string().max(64),
    }),
    z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: base64urlOf(32) }),
  ])
  .refine(isSignerKey, "is no public key of P-256, P-384 or Ed25519");

const signers = z
  .strictObject({
    threshold: z.int().min(1).max(maxCharterSigners),
    keys: z.array(signerKeySchema).min(1).max(maxCharterSigners),
  })
  .refine(({ keys }) => new Set(keys.map(signerId)).size === keys.length, "a signer is named twice")
  .refine(
    ({ threshold, keys }) => threshold <= keys.length,
    "the threshold is more than there are signers",
  );

const claimName = z.string().min(1).max(256);
const words = z.array(z.string().min(1).max(64)).min(1).max(8);
const names = z.array(kubernetesNameSchema).min(1);

/** Whose tokens count, and what they must say besides what policies ask for. */
const authoritySchema = z.strictObject({
  name: kubernetesNameSchema,
  issuer: z.string().min(1).max(1_024),
  roots: z.array(hexOf(32)).min(1).max(64),
  classes: z.array(trustClassSchema).min(1).max(3),
  tiers: z
    .array(z.enum(["tee", "tpm"]))
    .min(1)
    .max(2)
    .optional(),
  enrolments: words.optional(),
  floors: z.record(claimName, z.number()).default({}),
  references: z
    .record(
      claimName,
      z
        .array(z.union([z.string().max(4_096), z.number(), z.boolean()]))
        .min(1)
        .max(1_000),
    )
    .default({}),
});

const policySchema = z.strictObject({
  name: kubernetesNameSchema,
  selector: z.strictObject({
    kinds: z.array(objectKindSchema).min(1).max(3),
    names: z.array(objectPatternSchema).min(1).max(64),
  }),
  authorities: names.max(maxCharterAuthorities).optional(),
  policy: releasePolicySchema.refine(
    (policy) => everyCondition(policy).every(({ operator }) => operator !== "reference"),
    "names reference values of the resources: the charter's authorities have its own",
  ),
});

/** What a charter says. What is unknown is refused: whoever signed meant something by it. */
export const charterSchema = z
  .strictObject({
    version: z.literal(1),
    vault: uidSchema,
    /** Rises with each charter of the vault. */
    serial: z.int().min(1),
    expires: intDate,
    /** What an expired charter does: it goes on to hold, or denies everything. */
    onExpiry: z.enum(["hold", "deny"]),
    signers,
    authorities: z.array(authoritySchema).min(1).max(maxCharterAuthorities),
    /** Who may do what; absent, that is left to the resources. */
    roles: z.array(roleAssignmentSchema).max(maxRoleAssignments).optional(),
    policies: z.array(policySchema).max(maxCharterPolicies),
  })
  .refine(
    ({ authorities, policies }) => isUnique(authorities) && isUnique(policies),
    "two authorities or two policies have one name",
  )
  .refine(
    ({ authorities, policies }) =>
      policies.every(
        (policy) =>
          policy.authorities?.every((name) => authorities.some((one) => one.name === name)) ?? true,
      ),
    "a policy names an authority that the charter does not have",
  );

/** A charter, its policies parsed. */
export type Charter = z.output<typeof charterSchema>;

function isUnique(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}
