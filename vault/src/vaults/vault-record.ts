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
  generation: z.number(),
  created: z.number(),
  /** When it was deleted, in seconds since the epoch. */
  deleted: z.number().nullable(),
});

/** A vault. */
export type Vault = z.infer<typeof vaultRecordSchema>;

/** Record of an object: what all its versions share. Times are seconds since the epoch. */
export const objectRecordSchema = z.object({
  name: z.string(),
  current: z.string(),
  count: z.number(),
  created: z.number(),
  updated: z.number(),
  deleted: z.object({ at: z.number(), purgeAt: z.number() }).nullable(),
  /** Names of the policies that govern it; a name is never taken away by deleting its policy. */
  governed: z.array(z.string()),
  /** Uid of the resource that made it, or nothing where a person did. */
  owner: z.string().nullable(),
});

/** An object. */
export type ObjectRecord = z.infer<typeof objectRecordSchema>;

/** Record of one version of a secret. */
export const versionRecordSchema = z.object({
  version: z.string(),
  created: z.number(),
  updated: z.number(),
  enabled: z.boolean(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** SHA-256 of the sealed bytes, never of the value. */
  valueDigest: z.string(),
  keyId: z.string(),
});

/** One version. */
export type VersionRecord = z.infer<typeof versionRecordSchema>;

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

/** Record of a vault's role assignments. */
export const rolesRecordSchema = z.object({
  assignments: z.array(
    z.object({
      role: z.string(),
      scope: z.string(),
      via: z.enum(["release", "api"]),
      principals: z.array(z.object({ issuer: z.string(), subject: z.string() })),
    }),
  ),
});

/** Key of a vault's own record. */
export const vaultKey = (uid: string): RecordKey => ({
  scope: installationScope,
  id: `vault/${uid}`,
});
/** Key of a vault's role assignments. */
export const rolesKey = (uid: string): RecordKey => ({ scope: uid, id: "roles" });
/** Key of a release policy. */
export const policyKey = (uid: string, name: string): RecordKey => ({
  scope: uid,
  id: `policy/${name}`,
});
/** Key of a secret; names are compared without regard to case. */
export const secretKey = (uid: string, name: string): RecordKey => ({
  scope: uid,
  id: `${objectPrefix}${name.toLowerCase()}`,
});
/** Key of one version of a secret, and of its sealed value. */
export const versionKey = (uid: string, name: string, version: string): RecordKey => ({
  scope: uid,
  id: `${versionPrefix(name)}${version}`,
});

/** Prefix of all secrets' records. */
export const objectPrefix = "object/secrets/";
/** Prefix of the versions of one secret. */
export const versionPrefix = (name: string): string => `version/secrets/${name.toLowerCase()}/`;
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
