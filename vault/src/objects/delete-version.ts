// SPDX-License-Identifier: Apache-2.0
/**
 * Deleting one version, which Key Vault cannot: soft, as for whole objects. The current version stays: whoever reads
 * without naming a version must not fall back to an older value unasked.
 */

import type { JsonValue } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { deletionFrom, type ObjectAct } from "./delete-object.ts";
import { type Deletion, type ObjectRecord, objectKey, type VersionName } from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";
import { eraseVersion } from "./purge-object.ts";
import { type FoundVersion, findVersion, readVersion, requireObject } from "./read-object.ts";
import { objectNotFound } from "./refusals.ts";

/** Which version, and when. */
export interface VersionAct extends ObjectAct {
  readonly version: string;
}

/** A deleted version. */
export interface DeletedVersion<Own extends object> extends FoundVersion<Own> {
  readonly deletion: Deletion;
}

/** Deletes the version. @throws {Refusal} `NotFound`, or `CurrentVersion` for the current one. */
export async function deleteVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, at, ...named }: VersionAct,
): Promise<DeletedVersion<Own>> {
  const found = await findVersion(tx, vault, type, named);
  if (found.object.current === found.version.version) {
    throw new Refusal(
      "CurrentVersion",
      `the current version of a ${type.noun.toLowerCase()} cannot be deleted alone; make a new version first, or delete the ${type.noun.toLowerCase()}`,
    );
  }
  const deletion = deletionFrom(vault, at);
  const version = { ...found.version, deleted: deletion };
  await tx.put(found.key, version as unknown as JsonValue);
  const object = await countDeleted(tx, { vault, type, object: found.object }, 1);
  return { ...found, object, version, deletion };
}

/** A deleted version of an object that is there. @throws {Refusal} `NotFound`. */
export async function findDeletedVersion<Own extends object>(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType<Own>,
  { name, version }: Pick<VersionName, "name" | "version">,
): Promise<DeletedVersion<Own>> {
  const object = await requireObject(tx, vault, type, name);
  const found = await readVersion(tx, vault, type, { object, version });
  if (found?.version.deleted === undefined) {
    throw objectNotFound(type, `${name}/${version}`);
  }
  return { ...found, deletion: found.version.deleted };
}

/** Takes the deletion back. @throws {Refusal} `NotFound`. */
export async function recoverVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, ...named }: Omit<VersionAct, "at">,
): Promise<FoundVersion<Own>> {
  const found = await findDeletedVersion(tx, vault, type, named);
  const { deleted: _deleted, ...version } = found.version;
  await tx.put(found.key, version as unknown as JsonValue);
  const object = await countDeleted(tx, { vault, type, object: found.object }, -1);
  return { ...found, object, version: version as typeof found.version };
}

/** Erases a deleted version; answers what it was. @throws {Refusal} `NotFound`. */
export async function purgeVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { vault, ...named }: Omit<VersionAct, "at">,
): Promise<FoundVersion<Own>> {
  const found = await findDeletedVersion(tx, vault, type, named);
  const body = found.version as unknown as JsonValue;
  await eraseVersion(tx, vault, { id: found.key.id, body });
  const object = { ...found.object, count: found.object.count - 1 };
  return { ...found, object: await countDeleted(tx, { vault, type, object }, -1) };
}

// How many there are tells the sweep where to look.
async function countDeleted(
  tx: LedgerTransaction,
  { vault, type, object }: CountedObject,
  change: 1 | -1,
): Promise<ObjectRecord> {
  const counted = { ...object, deletedVersions: object.deletedVersions + change };
  await tx.put(objectKey(vault.uid, type.kind, object.name), counted);
  return counted;
}

interface CountedObject {
  readonly vault: Vault;
  readonly type: ObjectType;
  readonly object: ObjectRecord;
}
