// SPDX-License-Identifier: Apache-2.0
/** AttestedNode: what the authority last decided about a node. Written by the operator for people, never read for a decision. */

import { z } from "zod";
import { uidSchema } from "../../names.ts";
import type { ResourceKind } from "../resource-kind.ts";
import { commonStatus } from "../status.ts";
import { deviceIdSchema, evidenceKindSchema } from "./attestation-authority.ts";
import { trustClassSchema } from "./trust-root.ts";

/** `spec` of an AttestedNode. */
export const attestedNodeSpecSchema = z.strictObject({
  nodeUid: uidSchema.describe("uid of the Node of the same name"),
});

/** Whether evidence of a kind that may have an event log had one, and what became of it. */
export const eventLogStateSchema = z.enum(["Proven", "Missing"]);

/** `status` of an AttestedNode. */
export const attestedNodeStatusSchema = z.strictObject({
  ...commonStatus,
  kind: evidenceKindSchema.optional().describe("kind of evidence that the node sent last"),
  tier: z
    .string()
    .max(64)
    .optional()
    .describe("`tee`: its memory is isolated; `tpm`: its boot is measured"),
  class: trustClassSchema.optional().describe("what the root that vouched for it stands for"),
  root: z.string().max(128).optional().describe("SHA-256 of that root"),
  tcb: z.string().max(256).optional().describe("firmware, in the vendor's words"),
  eventLog: eventLogStateSchema
    .optional()
    .describe(
      "of a TPM, an Azure machine or a TD: `Proven`, the log of its boot gave what was quoted; `Missing`, the token has no claims of one",
    ),
  device: deviceIdSchema.optional().describe("device that is bound to the node"),
  lastContested: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      "when enrolment last refused a second claimant of the node or of its device, or the node as one; for a day",
    ),
  lastVerdict: z.iso.datetime({ offset: true }).optional().describe("when it sent evidence last"),
});

/** Observed node. */
export type AttestedNodeStatus = z.output<typeof attestedNodeStatusSchema>;

const contestedReason = '.status.conditions[?(@.type=="Contested")].reason';
const sinceReady = '.status.conditions[?(@.type=="Ready")].lastTransitionTime';

/** The kind, for generators and the operator. */
export const attestedNodeKind = {
  kind: "AttestedNode",
  plural: "attestednodes",
  singular: "attestednode",
  shortName: "attnode",
  scope: "Cluster",
  description:
    "AttestedNode shows what the attestation authority last decided about a node. Strongroom writes it for people and decides nothing by it.",
  spec: attestedNodeSpecSchema,
  status: attestedNodeStatusSchema,
  columns: [
    { name: "Kind", type: "string", jsonPath: ".status.kind" },
    { name: "Class", type: "string", jsonPath: ".status.class" },
    { name: "TCB", type: "string", jsonPath: ".status.tcb" },
    { name: "Since", type: "date", jsonPath: sinceReady },
    { name: "Contested", type: "string", jsonPath: contestedReason },
    { name: "Event log", type: "string", jsonPath: ".status.eventLog", priority: 1 },
    { name: "Last", type: "date", jsonPath: ".status.lastVerdict", priority: 1 },
    { name: "Device", type: "string", jsonPath: ".status.device", priority: 1 },
  ],
  rules: [],
} as const satisfies ResourceKind;
