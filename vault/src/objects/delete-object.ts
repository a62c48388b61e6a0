// SPDX-License-Identifier: Apache-2.0
/** Soft deletion of a whole object, and taking it back. */

import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { selectingPolicies } from "./governance.ts";
import { type Deletion, type ObjectRecord, objectKey } from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";
import { type FoundVersion, readObject, readVersion, requireObject } from "./read-object.ts";
import { deletedNotFound, isBeingPurged, objectNotFound } from "./refusals.ts";
import { unite } from "./selector.ts";

/** Which object, and when. */
export interface ObjectAct {
  readonly vault: Vault;
  readonly name: string;
  readonly at: Date;
}

/** A deleted object with its current version. */
export interface DeletedObject<Own extends object> extends FoundVersion<Own> {
  readonly deletion: Deletion;
}

/** Deletes the object until it is recovered or its retention ends. @throws {Refusal} `NotFound`. */
export async function deleteObject<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, name, at }: ObjectAct,
): Promise<DeletedObject<Own>> {
  const object = await requireObject(tx, vault, type, name);
  const deletion = deletionFrom(vault, at);
  const deleted = { ...object, deleted: deletion };
  await tx.put(objectKey(vault.uid, type.kind, name), deleted);
  return await withVersion(tx, vault, type, deleted);
}

/** What a deletion now says. */
export function deletionFrom({ retentionDays }: Vault, at: Date): Deletion {
  const now = toSeconds(at);
  return { at: now, purgeAt: now + retentionDays * 86_400 };
}

/** A deleted object. @throws {Refusal} `NotFound` if there is none. */
export async function findDeleted<Own extends object>(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType<Own>,
  name: string,
): Promise<DeletedObject<Own>> {
  return await withVersion(tx, vault, type, await requireDeleted(tx, vault, type, name));
}

/** The record of a deleted object. @throws {Refusal} `NotFound`, or `ObjectIsBeingDeleted` once its purge has begun. */
export async function requireDeleted(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType,
  name: string,
): Promise<ObjectRecord> {
  const object = await readObject(tx, vault, type, name);
  if (object === undefined || object.deleted === null) {
    throw deletedNotFound(type, name);
  }
  if (object.purged !== null) {
    throw isBeingPurged(type, object.name);
  }
  return object;
}

/** Takes the deletion back; whatever policy selects the name by now governs it. @throws {Refusal} `NotFound`, `ObjectIsBeingDeleted`. */
export async function recoverObject<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, name }: Omit<ObjectAct, "at">,
): Promise<FoundVersion<Own>> {
  const object = await requireDeleted(tx, vault, type, name);
  const selecting = await selectingPolicies(
    tx,
    vault.uid,
    { kind: type.kind, managed: object.managed },
    name,
  );
  const recovered = { ...object, deleted: null, governed: unite(object.governed, selecting) };
  await tx.put(objectKey(vault.uid, type.kind, name), recovered);
  const found = await readVersion(tx, vault, type, { object: recovered });
  if (found === undefined) {
    throw objectNotFound(type, name);
  }
  return found;
}

async function withVersion<Own extends object>(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType<Own>,
  object: ObjectRecord,
): Promise<DeletedObject<Own>> {
  const found = await readVersion(tx, vault, type, { object });
  if (found === undefined || object.deleted === null) {
    throw deletedNotFound(type, object.name);
  }
  return { ...found, deletion: object.deleted };
}
