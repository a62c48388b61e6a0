// SPDX-License-Identifier: Apache-2.0
/** Restoring a backup: its material is sealed for the vault first, then one transaction writes all of it. */

import type { ObjectKind } from "@strongroom/api";
import { type JsonValue, SecretBytes, sha256, toHex } from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { parseRecord, type Vault } from "../../vaults/vault-record.ts";
import { selectingPolicies } from "../governance.ts";
import { type SealedMaterial, sealMaterial } from "../material.ts";
import { type ObjectRecord, objectKey, type VersionName, versionKey } from "../object-record.ts";
import type { ObjectType, VersionOf } from "../object-type.ts";
import { readObject } from "../read-object.ts";
import { nameIsDeleted } from "../refusals.ts";
import { unite } from "../selector.ts";
import { openBackup, parseBackup, unreadable } from "./backup-format.ts";
import { type BackupObject, backupRecordsSchema } from "./backup-records.ts";
import type { BackupDeps } from "./create-backup.ts";

/** A version's material on its way from the vault that it was backed up in to another, or the same. */
export interface CarriedMaterial extends VersionName {
  readonly from: string;
  readonly to: string;
  /** The version's record as the kind has it. */
  readonly record: VersionOf<object>;
  readonly material: Uint8Array;
}

/** What is to be sealed instead, in memory that the caller wipes: a key's blob names the vault that it is for. */
export type CarryMaterial = (carried: CarriedMaterial) => Promise<Uint8Array>;

/** What restoring takes. */
export interface RestoreDeps extends BackupDeps {
  readonly types: readonly ObjectType[];
  readonly carry: Partial<Record<ObjectKind, CarryMaterial>>;
}

/** A version that is sealed for its new place. */
interface RestoredVersion {
  readonly record: VersionOf<object>;
  readonly material: SealedMaterial | undefined;
}

/** One object, ready to be written. */
export interface RestoredObject {
  readonly type: ObjectType;
  readonly object: ObjectRecord;
  readonly versions: readonly RestoredVersion[];
  readonly companions: BackupObject["companions"];
}

/** Opens a backup and seals it for `vault`; nothing is written. @throws {Refusal} `BadParameter`, or `Forbidden` for a governed object of another vault. */
export async function prepareRestore(
  deps: RestoreDeps,
  vault: Vault,
  blob: Uint8Array,
): Promise<readonly RestoredObject[]> {
  const sealed = parseBackup(blob);
  const { records, materials } = await openBackup(sealed, deps.backupKeys.of(sealed.keyBlob));
  try {
    const parsed = backupRecordsSchema.safeParse(records);
    if (!parsed.success) {
      throw unreadable();
    }
    const { vault: from, bound, objects } = parsed.data;
    if (bound && from !== vault.uid) {
      throw new Refusal(
        "Forbidden",
        "the backup is of a governed object and can be restored into its own vault only",
        { from },
      );
    }
    const left = [...materials];
    const restored: RestoredObject[] = [];
    for (const each of objects) {
      restored.push(await sealObject(deps, { from, vault }, each, left));
    }
    return restored;
  } finally {
    for (const material of materials) {
      material.fill(0);
    }
  }
}

/** From a vault's uid into a vault, which may be the same. */
interface Move {
  readonly from: string;
  readonly vault: Vault;
}

/** Seals one object for its new place. @param left Material of its versions, in their order; what is used is taken out */
export async function sealObject(
  deps: RestoreDeps,
  move: Move,
  { kind, object, versions, companions }: BackupObject,
  left: Uint8Array[],
): Promise<RestoredObject> {
  const type = deps.types.find((each) => each.kind === kind);
  if (type === undefined) {
    throw unreadable();
  }
  const sealed: RestoredVersion[] = [];
  for (const body of versions) {
    const record = parseRecord(type.versionSchema, body as JsonValue);
    const material = record.valueDigest === undefined ? undefined : left.shift();
    sealed.push(
      material === undefined
        ? { record, material: undefined }
        : await sealVersion(deps, move, { kind, name: object.name, record, material }),
    );
  }
  return { type, object, versions: sealed, companions };
}

async function sealVersion(
  { derive, carry }: RestoreDeps,
  { from, vault }: Move,
  { kind, name, record, material }: Pick<CarriedMaterial, "kind" | "name" | "record" | "material">,
): Promise<RestoredVersion> {
  const place = { kind, name, version: record.version };
  const carried = { ...place, from, to: vault.uid, record, material };
  using moved = new SecretBytes((await carry[kind]?.(carried)) ?? new Uint8Array(material));
  const sealed = await sealMaterial(derive(vault), vault, place, moved.reveal());
  const valueDigest = toHex(sha256(sealed.sealed));
  return { record: { ...record, valueDigest, keyId: sealed.keyId }, material: sealed };
}

/** Writes the objects. @throws {Refusal} `NameInUse`, `ObjectIsDeletedButRecoverable` or `ObjectIsBeingDeleted` where a name is not free. */
export async function writeRestored(
  tx: LedgerTransaction,
  vault: Vault,
  objects: readonly RestoredObject[],
): Promise<readonly ObjectRecord[]> {
  const written: ObjectRecord[] = [];
  for (const each of objects) {
    written.push(await writeOne(tx, vault, each));
  }
  return written;
}

async function writeOne(
  tx: LedgerTransaction,
  vault: Vault,
  { type, object, versions, companions }: RestoredObject,
): Promise<ObjectRecord> {
  const { kind } = type;
  const known = await requireFree(tx, vault, type, object.name);
  for (const { record, material } of versions) {
    const key = versionKey(vault.uid, { kind, name: object.name, version: record.version });
    await tx.put(key, record as unknown as JsonValue);
    if (material !== undefined) {
      await tx.putValue(key, material.sealed);
    }
  }
  for (const [id, body] of Object.entries(companions)) {
    await tx.put({ scope: vault.uid, id }, body as JsonValue);
  }
  const selecting = await selectingPolicies(
    tx,
    vault.uid,
    { kind, managed: object.managed },
    object.name,
  );
  const governed = unite(unite(object.governed, known?.governed ?? []), selecting);
  const count = versions.length;
  const next = { ...object, governed, count, deleted: null, deletedVersions: 0, purged: null };
  await tx.put(objectKey(vault.uid, kind, object.name), next);
  return next;
}

async function requireFree(
  tx: LedgerTransaction,
  vault: Vault,
  type: ObjectType,
  name: string,
): Promise<ObjectRecord | undefined> {
  const known = await readObject(tx, vault, type, name);
  if (known !== undefined && known.deleted !== null) {
    throw nameIsDeleted(type, known);
  }
  if (known !== undefined && known.purged === null) {
    throw new Refusal("NameInUse", `A ${type.noun.toLowerCase()} with the name ${name} exists.`);
  }
  return known;
}
