// SPDX-License-Identifier: Apache-2.0
/** What a release would decide now for a pod on a node, and why: nothing is released. For who reads the objects' metadata. */

import {
  type AuthorityReport,
  type ConditionReport,
  extendedOperators,
  type GroupReport,
  keyVaultOperators,
} from "@strongroom/core";
import { z } from "zod";
import { maxReleaseItems } from "../limits.ts";
import {
  kubernetesNameSchema,
  namespaceNameSchema,
  objectKindSchema,
  objectNameSchema,
  objectVersionSchema,
  uidSchema,
} from "../names.ts";
import { evidenceKindSchema } from "../resources/attestation/attestation-authority.ts";
import { denialClassSchema, secureWrapAlgorithmSchema } from "./release.ts";
import { intDate } from "./wire.ts";

/** Policies of one object that an answer has; a governed object rarely has more than a few. */
const maxPolicies = 1_000;

const explainedObject = {
  kind: objectKindSchema,
  name: objectNameSchema,
  version: objectVersionSchema.optional(),
  /** How the data key was wrapped that is asked for in place of the key itself. */
  unwrap: secureWrapAlgorithmSchema.optional(),
};

/** Body of `POST /strongroom/v1/explain`. */
export const explainRequestSchema = z.strictObject({
  /** Name or uid of the node. */
  node: z.string().min(1).max(253),
  /** Whose roles count; without, nobody's are looked at. */
  serviceAccount: z
    .strictObject({ namespace: namespaceNameSchema, name: kubernetesNameSchema })
    .optional(),
  items: z
    .array(
      z
        .strictObject(explainedObject)
        .refine(({ kind, unwrap }) => unwrap === undefined || kind === "keys", "only keys unwrap"),
    )
    .min(1)
    .max(maxReleaseItems),
});

/** What is to be explained. */
export type ExplainRequest = z.output<typeof explainRequestSchema>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const conditionReportSchema: z.ZodType<ConditionReport> = z.lazy(() =>
  z.union([
    z.strictObject({
      kind: z.literal("claim"),
      met: z.boolean(),
      claim: z.string(),
      operator: z.enum([...keyVaultOperators, ...extendedOperators]),
      value: z.union([scalar, z.array(scalar)]),
      found: z.json().optional(),
      unknownReference: z.literal(true).optional(),
    }),
    groupReportSchema,
  ]),
);

const groupReportSchema: z.ZodType<GroupReport> = z.strictObject({
  kind: z.enum(["anyOf", "allOf"]),
  met: z.boolean(),
  reasons: z.array(conditionReportSchema),
});

const authorityReportSchema: z.ZodType<AuthorityReport> = z.strictObject({
  authority: z.string(),
  met: z.boolean(),
  issued: z.boolean(),
  reason: groupReportSchema.optional(),
});

const explainedPolicySchema = z.strictObject({
  /** Of a KeyReleasePolicy, or `release_policy` of a key's own. */
  name: z.string().max(253),
  allowed: z.boolean(),
  /** Why it does not allow. */
  reasons: z.array(z.string()),
  /** Absent where there is no such policy any more. */
  authorities: z.array(authorityReportSchema).optional(),
});

/** What one policy decides. */
export type ExplainedPolicy = z.output<typeof explainedPolicySchema>;

const explainedItemSchema = z.strictObject({
  ...explainedObject,
  result: z.enum(["granted", "denied"]),
  /** Of a denial: what the pod is told. */
  class: denialClassSchema.optional(),
  /** What denies it, the first that does in the order of a release. */
  reasons: z.array(z.string()),
  /** Every policy that governs the object; none where it was not found. */
  policies: z.array(explainedPolicySchema).max(maxPolicies),
});

/** What is decided about one object. */
export type ExplainedItem = z.output<typeof explainedItemSchema>;

/** Its answer. */
export const explainResponseSchema = z.strictObject({
  /** The node's last verified claims are those of its token, which ended or will end at `expires`. */
  node: z.strictObject({
    name: kubernetesNameSchema,
    uid: uidSchema,
    kind: evidenceKindSchema,
    attested: intDate,
    expires: intDate,
    /** What was decided about its evidence since: `Attested`, or the code of a refusal. */
    lastVerdict: z.string().max(64),
  }),
  items: z.array(explainedItemSchema).max(maxReleaseItems),
  /** Whether some of what policies say was left out, as it is too much: who asks for fewer objects gets it. */
  truncated: z.boolean(),
});

/** What would be decided. */
export type ExplainResponse = z.output<typeof explainResponseSchema>;
