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
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";

/** Record of a vault, in the installation's scope. */
export const vaultRecordSchema = z.object({
  uid: z.string(),
  /** Uid of the resource that it belongs to now; absent while that is still the one it was made for. */
  owner: z.string().optional(),
  name: z.string(),
  namespace: z.string(),
  /** Uid of that namespace; absent where there is no cluster. */
  namespaceUid: z.string().optional(),
  /** Host names under which the vault answers, in lower case; the first is its address. */
  hosts: z.array(z.string()),
  /** Domains for which the vault's own CA issues. */
  domains: z.array(z.string()).default([]),
  protection: z.enum(["Software", "HSM"]),
  release: z.enum(["Allowed", "Required"]),
  retentionDays: z.number(),
  purgeProtection: z.boolean(),
  /** Algorithms that the vault opted in to. */
  legacyAlgorithms: z.array(z.string()).optional(),
  /** Whether it has a charter: once it has one, it always has one. */
  chartered: z.boolean().optional(),
  generation: z.number(),
  created: z.number(),
  /** When it was deleted, in seconds since the epoch. */
  deleted: z.number().nullable(),
  /** When all that was in it was purged, in seconds since the epoch. */
  purged: z.number().optional(),
});

/** A vault. */
export type Vault = z.infer<typeof vaultRecordSchema>;

/** Uid of the resource that the vault belongs to. */
export const ownerOf = ({ owner, uid }: Vault): string => owner ?? uid;

/** When a deleted vault is purged, in seconds since the epoch. */
export const vaultPurgeAt = (deleted: number, { retentionDays }: Vault): number =>
  deleted + retentionDays * 86_400;

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
  /** Of an immutable policy, which no deletion ends: whether its resource was deleted. */
  resourceGone: z.boolean().optional(),
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
export function recallRecord<T>(
  recall: Recall,
  key: RecordKey,
  schema: z.ZodType<T>,
): T | undefined {
  const record = recall(key);
  return record === undefined ? undefined : parseRecord(schema, record.body);
}

/** The same of a record that is read alone. */
export function readRecord<T>(
  reader: RecordReader,
  key: RecordKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  return readTogether(reader, (recall) => recallRecord(recall, key, schema));
}

// The ledger answers the same content, frozen, as long as the row is the same.
const parsedContents = new WeakMap<object, Map<z.ZodType, unknown>>();

/**
 * Content of a record as `schema` has it; who asks again for the same content gets the same object, to be left as it is.
 *
 * @throws {StrongroomError} `StoreTampered` if it has another shape.
 */
export function parseRecord<T>(schema: z.ZodType<T>, content: JsonValue): T {
  const parsed = typeof content === "object" && content !== null ? parsedOf(content) : new Map();
  const known = parsed.get(schema);
  if (known !== undefined) {
    return known as T;
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    throw new StrongroomError("StoreTampered", "a record has an unexpected shape");
  }
  parsed.set(schema, result.data);
  return result.data;
}

function parsedOf(content: object): Map<z.ZodType, unknown> {
  const parsed = parsedContents.get(content) ?? new Map<z.ZodType, unknown>();
  parsedContents.set(content, parsed);
  return parsed;
}

/** The parsed policy of a record. */
export function policyOf(record: PolicyRecord) {
  return parseRecord(releasePolicySchema, record.policy as JsonValue);
}
