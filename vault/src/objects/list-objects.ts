// SPDX-License-Identifier: Apache-2.0
/** Lists of secrets and of their versions: a page at a time, and only what the caller's roles let them see. */

import type { Caller } from "../identity/caller.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { isAllowed, requireAccess } from "./access.ts";
import { secretNotFound } from "./read-secret.ts";
import { allRecords } from "./vault-directory.ts";
import {
  type ObjectRecord,
  objectPrefix,
  objectRecordSchema,
  parseRecord,
  type Vault,
  type VersionRecord,
  versionKey,
  versionPrefix,
  versionRecordSchema,
} from "./vault-record.ts";
import { readObject } from "./write-secret.ts";

/** A page: at most `limit` entries behind the record id `after`. */
export interface PageRequest {
  readonly after: string | undefined;
  readonly limit: number;
}

/** Entries, and the record id behind which the next page begins. */
export interface SecretPage {
  readonly items: readonly { readonly object: ObjectRecord; readonly version: VersionRecord }[];
  readonly after: string | undefined;
}

const readMetadata = "Microsoft.KeyVault/vaults/secrets/readMetadata/action";

/** Secrets whose metadata the caller may read, with their current versions. */
export async function listSecrets(
  tx: LedgerTransaction,
  vault: Vault,
  caller: Caller,
  { after, limit }: PageRequest,
): Promise<SecretPage> {
  const question = { action: readMetadata, via: "api" } as const;
  const assignments = await requireAccess(tx, vault, caller, question);
  const items: { object: ObjectRecord; version: VersionRecord }[] = [];
  for await (const { id, body } of allRecords(tx, vault.uid, objectPrefix, after)) {
    const object = parseRecord(objectRecordSchema, body);
    const name = `secrets/${object.name}`;
    if (object.deleted === null && isAllowed(assignments, caller, { ...question, object: name })) {
      items.push({ object, version: await currentVersion(tx, vault, object) });
    }
    if (items.length === limit) {
      return { items, after: id };
    }
  }
  return { items, after: undefined };
}

/** Versions of one secret. @throws {Refusal} `NotFound` if there is no such secret. */
export async function listVersions(
  tx: LedgerTransaction,
  vault: Vault,
  caller: Caller,
  { name, after, limit }: PageRequest & { readonly name: string },
): Promise<SecretPage> {
  const object = `secrets/${name}`;
  await requireAccess(tx, vault, caller, { action: readMetadata, via: "api", object });
  const record = await readObject(tx, vault.uid, name);
  if (record === undefined || record.deleted !== null) {
    throw secretNotFound(name);
  }
  const page = { limit, ...(after === undefined ? {} : { after }) };
  const rows = await tx.list(vault.uid, versionPrefix(name), page);
  return {
    items: rows.map(({ body }) => ({
      object: record,
      version: parseRecord(versionRecordSchema, body),
    })),
    after: rows.length < limit ? undefined : rows.at(-1)?.id,
  };
}

async function currentVersion(
  tx: LedgerTransaction,
  vault: Vault,
  object: ObjectRecord,
): Promise<VersionRecord> {
  const record = await tx.read(versionKey(vault.uid, object.name, object.current));
  return parseRecord(versionRecordSchema, record?.body ?? null);
}
