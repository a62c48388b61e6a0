// SPDX-License-Identifier: Apache-2.0
/** Finding an object and one of its versions. */

import type { RecordKey } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { charterPolicies } from "../charter/charter-governance.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { recallRecord, type Vault } from "../vaults/vault-record.ts";
import { recallLive } from "./erased.ts";
import { type ObjectRecord, objectKey, objectRecordSchema, versionKey } from "./object-record.ts";
import type { ObjectType, VersionOf } from "./object-type.ts";
import { pendingPolicies } from "./pending-policies.ts";
import { objectNotFound } from "./refusals.ts";
import { unite } from "./selector.ts";

/** A version that was found; its material is still sealed. */
export interface FoundVersion<Own extends object = object> {
  readonly object: ObjectRecord;
  readonly version: VersionOf<Own>;
  /** Key of the version's record and material. */
  readonly key: RecordKey;
}

/** The name of an object, and of a version where it is not the current one. */
interface WhichVersion {
  readonly name: string;
  readonly version?: string | undefined;
}

/** Reads an object's record, with what governs it: also of one that is deleted, and the tombstone of one that is no more. */
export function readObject(
  tx: RecordReader,
  vault: Vault,
  type: Pick<ObjectType, "kind">,
  name: string,
): Promise<ObjectRecord | undefined> {
  return readTogether(tx, (recall) => recallObject(recall, vault, type, name));
}

function recallObject(
  recall: Recall,
  vault: Vault,
  { kind }: Pick<ObjectType, "kind">,
  name: string,
): ObjectRecord | undefined {
  const object = recallRecord(recall, objectKey(vault.uid, kind, name), objectRecordSchema);
  if (object === undefined) {
    return undefined;
  }
  const { managed, governed } = object;
  const more = [
    ...pendingPolicies(recall, vault.uid, { kind, managed }, name),
    ...charterPolicies(recall, vault, { kind, managed }, name),
  ];
  return more.length === 0 ? object : { ...object, governed: unite(governed, more) };
}

/** Whether an object is there for its users: neither deleted nor a tombstone. */
export function isActive(object: ObjectRecord | undefined): object is ObjectRecord {
  return object !== undefined && object.deleted === null && object.purged === null;
}

/** An object that is there. @throws {Refusal} `NotFound`. */
export function requireObject(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType,
  name: string,
): Promise<ObjectRecord> {
  return readTogether(tx, (recall) => recallActive(recall, vault, type, name));
}

function recallActive(recall: Recall, vault: Vault, type: ObjectType, name: string): ObjectRecord {
  const object = recallObject(recall, vault, type, name);
  if (!isActive(object)) {
    throw objectNotFound(type, name);
  }
  return object;
}

/** A version, the current one by default; also one that is disabled. @throws {Refusal} `NotFound`. */
export function findVersion<Own extends object>(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType<Own>,
  which: WhichVersion,
): Promise<FoundVersion<Own>> {
  return readTogether(tx, (recall) => recallFoundVersion(recall, vault, type, which));
}

/** The same within `readTogether`. */
export function recallFoundVersion<Own extends object>(
  recall: Recall,
  vault: Vault,
  type: ObjectType<Own>,
  { name, version }: WhichVersion,
): FoundVersion<Own> {
  const object = recallActive(recall, vault, type, name);
  const found = recallVersion(recall, vault, type, { object, version });
  if (found === undefined || found.version.deleted !== undefined) {
    throw objectNotFound(type, name);
  }
  return found;
}

/** A version of an object in whatever state, the current one by default; also one that is deleted. */
export function readVersion<Own extends object>(
  tx: RecordReader,
  vault: Vault,
  type: ObjectType<Own>,
  which: { readonly object: ObjectRecord; readonly version?: string | undefined },
): Promise<FoundVersion<Own> | undefined> {
  return readTogether(tx, (recall) => recallVersion(recall, vault, type, which));
}

function recallVersion<Own extends object>(
  recall: Recall,
  vault: Vault,
  type: ObjectType<Own>,
  { object, version }: { readonly object: ObjectRecord; readonly version?: string | undefined },
): FoundVersion<Own> | undefined {
  const name = { kind: type.kind, name: object.name, version: version ?? object.current };
  const key = versionKey(vault.uid, name);
  const record = recallLive(recall, key, type.versionSchema);
  return record === undefined ? undefined : { object, version: record, key };
}

/** @throws {Refusal} `ObjectDisabled` unless the version is enabled. */
export function requireEnabled(type: ObjectType, operation: string, { version }: FoundVersion) {
  if (!version.enabled) {
    throw new Refusal(
      "ObjectDisabled",
      `operation ${operation} is not allowed on a disabled ${type.noun.toLowerCase()}`,
    );
  }
}
