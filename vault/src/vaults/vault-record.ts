// SPDX-License-Identifier: Apache-2.0
/** Records of vaults and of what is in them: their ids and the shape of their content. */

import {
  installationScope,
  type JsonValue,
  type RecordKey,
  releasePolicySchema,
  StrongroomError,
} from "@strongroom/core";
import { z } from "zod";
import type { LedgerReader } from "../ledger/ledger.ts";

/** Record of a vault, in the installation's scope. */
export const vaultRecordSchema = z.object({
  uid: z.string(),
  name: z.string(),
  namespace: z.string(),
  /** Host names under which the vault answers, in lower case; the first is its address. */
  hosts: z.array(z.string()),
  protection: z.enum(["Software", "HSM"]),
  release: z.enum(["Allowed", "Required"]),
  retentionDays: z.number(),
  purgeProtection: z.boolean(),
  /** Algorithms that the vault opted in to. */
  legacyAlgorithms: z.array(z.string()).optional(),
  generation: z.number(),
  created: z.number(),
  /** When it was deleted, in seconds since the epoch. */
  deleted: z.number().nullable(),
});

/** A vault. */
export type Vault = z.infer<typeof vaultRecordSchema>;

/** Record of a release policy. */
export const policyRecordSchema = z.object({
  name: z.string(),
  owner: z.string(),
  kinds: z.array(z.string()),
  names: z.array(z.string()),
  immutable: z.boolean(),
  policy: z.json(),
  digest: z.string(),
  deleted: z.boolean(),
});

/** A release policy with its selector. */
export type PolicyRecord = z.infer<typeof policyRecordSchema>;

/** Key of a vault's own record. */
export const vaultKey = (uid: string): RecordKey => ({
  scope: installationScope,
  id: `vault/${uid}`,
});
/** Key of a release policy. */
export const policyKey = (uid: string, name: string): RecordKey => ({
  scope: uid,
  id: `policy/${name}`,
});

/** Prefix of all policies' records. */
export const policyPrefix = "policy/";

/** A record's content as `schema` has it, or nothing where there is no record. */
export async function readRecord<T>(
  reader: Pick<LedgerReader, "read">,
  key: RecordKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const record = await reader.read(key);
  return record === undefined ? undefined : parseRecord(schema, record.body);
}

/** Content of a record as `schema` has it. @throws {StrongroomError} `StoreTampered` if it has another shape. */
export function parseRecord<T>(schema: z.ZodType<T>, content: JsonValue): T {
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError("StoreTampered", "a record has an unexpected shape");
  }
  return parsed.data;
}

/** The parsed policy of a record. */
export function policyOf(record: PolicyRecord) {
  return parseRecord(releasePolicySchema, record.policy as JsonValue);
}
