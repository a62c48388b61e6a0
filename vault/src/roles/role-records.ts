// SPDX-License-Identifier: Apache-2.0
/** The record of a vault's roles: what its resource assigns, and apart from that what came by the API. */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";

const principalSchema = z.object({
  issuer: z.string(),
  subject: z.string(),
  accountUid: z.string().nullable().optional(),
});

const conditionsSchema = z.object({
  sourceRanges: z.array(z.string()).optional(),
  notBefore: z.number().optional(),
  notAfter: z.number().optional(),
});

const assignmentSchema = z.object({
  /** Name of a built-in role. */
  role: z.string(),
  scope: z.string(),
  via: z.enum(["release", "api"]),
  conditions: conditionsSchema.optional(),
  principals: z.array(principalSchema),
  delegable: z.array(z.string()).optional(),
});

/** Record of a vault's roles. One record, because every decision reads all of it. */
export const rolesRecordSchema = z.object({ assignments: z.array(assignmentSchema) });

/** A role assignment as it is stored. */
export type StoredAssignment = z.infer<typeof assignmentSchema>;

/** Key of a vault's roles. */
export const rolesKey = (uid: string): RecordKey => ({ scope: uid, id: "roles" });
