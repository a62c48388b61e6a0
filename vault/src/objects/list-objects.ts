// SPDX-License-Identifier: Apache-2.0
/** Lists of objects and of their versions: a page at a time, and only what the caller's roles let them see. */

import type { DataAction } from "@strongroom/core";
import type { Caller } from "../identity/caller.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { isAllowed, requireAccess } from "../vaults/access.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import {
  type ObjectRecord,
  objectPrefix,
  objectRecordSchema,
  versionKey,
  versionPrefix,
} from "./object-record.ts";
import type { ObjectType, VersionOf } from "./object-type.ts";
import { requireObject } from "./read-object.ts";

/** A page for a caller: at most `limit` entries behind the record id `after`. */
export interface PageRequest {
  readonly vault: Vault;
  readonly caller: Caller;
  /** The action that the caller's roles must allow on each entry. */
  readonly action: DataAction;
  readonly after: string | undefined;
  readonly limit: number;
}

/** One entry of a page. */
export interface ListedVersion<Own extends object> {
  readonly object: ObjectRecord;
  readonly version: VersionOf<Own>;
}

/** Entries, and the record id behind which the next page begins. */
export interface ObjectPage<Own extends object> {
  readonly items: readonly ListedVersion<Own>[];
  readonly after: string | undefined;
}

/** Objects that the caller may see, with their current versions. */
export async function listObjects<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, caller, action, after, limit }: PageRequest,
): Promise<ObjectPage<Own>> {
  const question = { action, via: "api" } as const;
  const assignments = await requireAccess(tx, vault, caller, question);
  const items: ListedVersion<Own>[] = [];
  for await (const { id, body } of allRecords(tx, vault.uid, objectPrefix(type.kind), after)) {
    const object = parseRecord(objectRecordSchema, body);
    const name = `${type.kind}/${object.name}`;
    if (object.deleted === null && isAllowed(assignments, caller, { ...question, object: name })) {
      items.push({ object, version: await currentVersion(tx, type, vault, object) });
    }
    if (items.length === limit) {
      return { items, after: id };
    }
  }
  return { items, after: undefined };
}

/** Versions of one object. @throws {Refusal} `NotFound` if there is no such object. */
export async function listVersions<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, caller, action, after, limit, name }: PageRequest & { readonly name: string },
): Promise<ObjectPage<Own>> {
  const question = { action, via: "api", object: `${type.kind}/${name}` } as const;
  await requireAccess(tx, vault, caller, question);
  const object = await requireObject(tx, vault, type, name);
  const page = { limit, ...(after === undefined ? {} : { after }) };
  const rows = await tx.list(vault.uid, versionPrefix(type.kind, name), page);
  return {
    items: rows.map(({ body }) => ({ object, version: parseRecord(type.versionSchema, body) })),
    after: rows.length < limit ? undefined : rows.at(-1)?.id,
  };
}

async function currentVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  vault: Vault,
  { name, current }: ObjectRecord,
): Promise<VersionOf<Own>> {
  const key = versionKey(vault.uid, { kind: type.kind, name, version: current });
  return parseRecord(type.versionSchema, (await tx.read(key))?.body ?? null);
}
