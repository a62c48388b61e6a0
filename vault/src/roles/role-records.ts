// SPDX-License-Identifier: Apache-2.0
/** The record of a vault's roles: what its resource assigns, and apart from that what came by the API. */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { recallRecord } from "../vaults/vault-record.ts";

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

const frame = {
  scope: z.string(),
  via: z.enum(["release", "api"]),
  conditions: conditionsSchema.optional(),
};

/** A role assignment of a resource, or of a charter. */
export const resourceAssignmentSchema = z.object({
  ...frame,
  /** Name of a built-in role. */
  role: z.string(),
  principals: z.array(principalSchema),
  delegable: z.array(z.string()).optional(),
});

const apiAssignmentSchema = z.object({
  ...frame,
  /** Name that the client chose, in lower case; a GUID as a rule. */
  name: z.string(),
  /** Id of a built-in role or of a custom definition. */
  definition: z.string(),
  principal: principalSchema,
});

const definitionSchema = z.object({
  /** Name that the client chose, in lower case; a GUID as a rule. */
  id: z.string(),
  roleName: z.string(),
  description: z.string(),
  /** As the client wrote them; each is one that `parseDataAction` knows. */
  dataActions: z.array(z.string()),
  notDataActions: z.array(z.string()),
});

const rolesRecordSchema = z.object({
  /** Of the SecretVault; its operator writes them all at once. */
  assignments: z.array(resourceAssignmentSchema),
  /** Uids of the ServiceAccounts that the resource names, by name. */
  accounts: z.record(z.string(), z.string()).default({}),
  /** Of the API; no operator touches them. */
  api: z
    .object({
      definitions: z.array(definitionSchema),
      assignments: z.array(apiAssignmentSchema),
    })
    .default({ definitions: [], assignments: [] }),
});

/** Record of a vault's roles. One record, because every decision reads all of it. */
export type RolesRecord = z.infer<typeof rolesRecordSchema>;

/** A role assignment of the vault's resource. */
export type ResourceAssignment = z.infer<typeof resourceAssignmentSchema>;

/** A role assignment that came by the API. */
export type ApiAssignment = z.infer<typeof apiAssignmentSchema>;

/** A custom role definition. */
export type CustomDefinition = z.infer<typeof definitionSchema>;

/** A principal as it is stored. */
export type StoredPrincipal = z.infer<typeof principalSchema>;

/** Key of a vault's roles. */
export const rolesKey = (uid: string): RecordKey => ({ scope: uid, id: "roles" });

/** A vault's roles; a vault without a record has none. */
export function recallRoles(recall: Recall, vaultUid: string): RolesRecord {
  const roles = recallRecord(recall, rolesKey(vaultUid), rolesRecordSchema);
  return roles ?? { assignments: [], accounts: {}, api: { definitions: [], assignments: [] } };
}

/** The same, read alone. */
export function readRoles(tx: RecordReader, vaultUid: string): Promise<RolesRecord> {
  return readTogether(tx, (recall) => recallRoles(recall, vaultUid));
}
