// SPDX-License-Identifier: Apache-2.0
/** Finding an object and one of its versions. */

import type { RecordKey } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { readRecord, type Vault } from "../vaults/vault-record.ts";
import { readLive } from "./erased.ts";
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

type Reader = Pick<LedgerReader, "read">;

/** Reads an object's record, with what governs it: also of one that is deleted, and the tombstone of one that is no more. */
export async function readObject(
  tx: Reader,
  vault: Vault,
  { kind }: Pick<ObjectType, "kind">,
  name: string,
): Promise<ObjectRecord | undefined> {
  const object = await readRecord(tx, objectKey(vault.uid, kind, name), objectRecordSchema);
  if (object === undefined) {
    return undefined;
  }
  const { managed, governed } = object;
  const pending = await pendingPolicies(tx, vault.uid, { kind, managed }, name);
  return pending.length === 0 ? object : { ...object, governed: unite(governed, pending) };
}

/** Whether an object is there for its users: neither deleted nor a tombstone. */
export function isActive(object: ObjectRecord | undefined): object is ObjectRecord {
  return object !== undefined && object.deleted === null && object.purged === null;
}

/** An object that is there. @throws {Refusal} `NotFound`. */
export async function requireObject(
  tx: Reader,
  vault: Vault,
  type: ObjectType,
  name: string,
): Promise<ObjectRecord> {
  const object = await readObject(tx, vault, type, name);
  if (!isActive(object)) {
    throw objectNotFound(type, name);
  }
  return object;
}

/** A version, the current one by default; also one that is disabled. @throws {Refusal} `NotFound`. */
export async function findVersion<Own extends object>(
  tx: Reader,
  vault: Vault,
  type: ObjectType<Own>,
  { name, version }: { readonly name: string; readonly version?: string | undefined },
): Promise<FoundVersion<Own>> {
  const object = await requireObject(tx, vault, type, name);
  const found = await readVersion(tx, vault, type, { object, version });
  if (found === undefined || found.version.deleted !== undefined) {
    throw objectNotFound(type, name);
  }
  return found;
}

/** A version of an object in whatever state, the current one by default; also one that is deleted. */
export async function readVersion<Own extends object>(
  tx: Reader,
  vault: Vault,
  type: ObjectType<Own>,
  { object, version }: { readonly object: ObjectRecord; readonly version?: string | undefined },
): Promise<FoundVersion<Own> | undefined> {
  const name = { kind: type.kind, name: object.name, version: version ?? object.current };
  const key = versionKey(vault.uid, name);
  const record = await readLive(tx, key, type.versionSchema);
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
