// SPDX-License-Identifier: Apache-2.0
/** Management of the attestation authority by the operator. */

import { z } from "zod";
import { maxListedNodes } from "../limits.ts";
import { kubernetesNameSchema, uidSchema } from "../names.ts";
import {
  attestationAuthoritySpecSchema,
  deviceIdSchema,
  evidenceKindSchema,
} from "../resources/attestation/attestation-authority.ts";
import { eventLogStateSchema } from "../resources/attestation/attested-node.ts";
import { trustClassSchema } from "../resources/attestation/trust-root.ts";
import { manageCallSchema } from "./manage.ts";
import { milliTime } from "./wire.ts";

/** Body of `PUT …/manage/attestation`. */
export const putAuthorityRequestSchema = manageCallSchema.extend({
  spec: attestationAuthoritySpecSchema,
});

/** Desired authority. */
export type PutAuthorityRequest = z.output<typeof putAuthorityRequestSchema>;

/** Its answer: `x-ms-policy-hash` of tokens from now on. */
export const putAuthorityResponseSchema = z.strictObject({ policyHash: z.string().max(64) });

/** The authority that is in force. */
export type PutAuthorityResponse = z.output<typeof putAuthorityResponseSchema>;

/** Body of `DELETE …/manage/attestation`: only a lease, for the resource is gone. */
export const deleteAuthorityRequestSchema = manageCallSchema.pick({ epoch: true });

/** Why a node is contested: it claimed another's device, another node claimed its own, or another device claimed to be it. */
export const nodeContestSchema = z.strictObject({
  reason: z.enum(["ClaimsBoundDevice", "DeviceClaimed", "SecondDevice"]),
  at: milliTime,
});

/** The last claim that was refused because node or device were bound otherwise. */
export type NodeContest = z.output<typeof nodeContestSchema>;

/** What the authority last decided about a node: `Attested`, or the code of a refusal. */
export const nodeVerdictSchema = z.strictObject({
  nodeName: kubernetesNameSchema,
  nodeUid: uidSchema,
  kind: evidenceKindSchema,
  verdict: z.string().max(64),
  at: milliTime,
  tier: z.string().max(64).optional(),
  class: trustClassSchema.optional(),
  root: z.string().max(128).optional(),
  tcb: z.string().max(256).optional(),
  eventLog: eventLogStateSchema.optional(),
  device: deviceIdSchema.optional(),
  contested: nodeContestSchema.optional(),
});

/** Verdict about a node. */
export type NodeVerdict = z.output<typeof nodeVerdictSchema>;

/** Answer of `GET …/manage/nodes`. */
export const nodeVerdictsSchema = z.strictObject({
  nodes: z.array(nodeVerdictSchema).max(maxListedNodes),
});

/** Verdicts about nodes, since the vault started. */
export type NodeVerdictList = z.output<typeof nodeVerdictsSchema>;
