// SPDX-License-Identifier: Apache-2.0
/** What the routes of one kind of object add to those that all kinds have. */

import type { ObjectKind } from "@strongroom/api";
import type { DataAction } from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../../ledger/ledger.ts";
import type { BackupPart } from "../../objects/backup/create-backup.ts";
import type { RestoredObject } from "../../objects/backup/restore-backup.ts";
import {
  type DeletedObject,
  deleteObject,
  type ObjectAct,
  recoverObject,
  requireDeleted,
} from "../../objects/delete-object.ts";
import {
  type DeletedVersion,
  deleteVersion,
  purgeVersion,
  recoverVersion,
  type VersionAct,
} from "../../objects/delete-version.ts";
import type { ObjectType } from "../../objects/object-type.ts";
import { beginPurge } from "../../objects/purge-object.ts";
import { type FoundVersion, requireObject } from "../../objects/read-object.ts";
import { requireUnmanaged } from "../../objects/refusals.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import type { RequestDeps } from "../request-context.ts";

/** What the routes of every kind work with. */
export interface ObjectRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
}

/** What every kind lets roles allow. */
export type FaceAction = "list" | "delete" | "recover" | "purge" | "backup" | "restore";

/** Key Vault's names of these actions for a kind, but for the list, which each kind calls otherwise. */
export function faceActions<Kind extends ObjectKind>(kind: Kind) {
  const prefix = `Microsoft.KeyVault/vaults/${kind}` as const;
  return {
    delete: `${prefix}/delete`,
    recover: `${prefix}/recover/action`,
    purge: `${prefix}/purge/action`,
    backup: `${prefix}/backup/action`,
    restore: `${prefix}/restore/action`,
  } as const;
}

/** One kind of object as its routes show it. */
export interface ObjectFace<Own extends object> {
  readonly type: ObjectType<Own>;
  readonly actions: Readonly<Record<FaceAction, DataAction>>;
  /** A version without anything secret, under the version's id. */
  readonly bundle: (origin: string, vault: Vault, found: FoundVersion<Own>) => object;
  /** An entry of the list of versions, under the version's id. */
  readonly versionItem: (origin: string, vault: Vault, found: FoundVersion<Own>) => object;
  /** An entry of a list, under the object's id. */
  readonly item: (origin: string, vault: Vault, found: FoundVersion<Own>) => object;
  /** What a bundle shows besides the version, where it is in other records. */
  readonly complete?: <Found extends FoundVersion<Own>>(
    tx: LedgerTransaction,
    vault: Vault,
    found: Found,
  ) => Promise<Found>;
  /** Soft-deletes the object, and what goes with it. */
  readonly remove: (tx: LedgerTransaction, act: ObjectAct) => Promise<DeletedObject<Own>>;
  /** Recovers the object, and what was deleted with it. */
  readonly recover: (tx: LedgerTransaction, act: ObjectAct) => Promise<FoundVersion<Own>>;
  /** Begins the purge of the object, and of what was deleted with it; answers whether that was all of it. */
  readonly purge: (tx: LedgerTransaction, act: ObjectAct) => Promise<boolean>;
  /** Soft-deletes one version, and what goes with it. */
  readonly removeVersion: (tx: LedgerTransaction, act: VersionAct) => Promise<DeletedVersion<Own>>;
  /** Recovers one version, and what was deleted with it. */
  readonly recoverVersion: (tx: LedgerTransaction, act: VersionAct) => Promise<FoundVersion<Own>>;
  /** Erases a deleted version, and what was deleted with it; answers what it was. */
  readonly purgeVersion: (tx: LedgerTransaction, act: VersionAct) => Promise<FoundVersion<Own>>;
  /** What a backup of the object holds, the object itself first. */
  readonly partsOf: (
    tx: LedgerTransaction,
    vault: Vault,
    name: string,
  ) => Promise<readonly BackupPart[]>;
  /** What a backup held, if it is of an object of this kind. @throws {Refusal} `BadParameter` of another. */
  readonly checkRestored: (
    objects: readonly RestoredObject[],
  ) => readonly [RestoredObject, ...RestoredObject[]];
}

/** What was found, with all that its bundle shows. */
export async function completed<Own extends object, Found extends FoundVersion<Own>>(
  { complete }: ObjectFace<Own>,
  tx: LedgerTransaction,
  vault: Vault,
  found: Found,
): Promise<Found> {
  return complete === undefined ? found : await complete(tx, vault, found);
}

/** Deletion, recovery, purge and backup of a kind whose objects may belong to a certificate, which then alone does these. */
export function ordinaryLifecycle<Own extends object>(
  type: ObjectType<Own>,
): Pick<
  ObjectFace<Own>,
  "remove" | "recover" | "purge" | "partsOf" | "checkRestored" | keyof VersionLifecycle<Own>
> {
  return {
    ...ordinaryVersions(type),
    remove: async (tx, act) => {
      requireUnmanaged("delete", await requireObject(tx, act.vault, type, act.name));
      return await deleteObject(tx, type, act);
    },
    recover: async (tx, act) => {
      requireUnmanaged("recover", await requireDeleted(tx, act.vault, type, act.name));
      return await recoverObject(tx, type, act);
    },
    purge: async (tx, act) => {
      requireUnmanaged("purge", await requireDeleted(tx, act.vault, type, act.name));
      return await beginPurge(tx, type, act);
    },
    partsOf: async (tx, vault, name) => {
      const object = await requireObject(tx, vault, type, name);
      requireUnmanaged("backup", object);
      return [{ type, object }];
    },
    checkRestored: ([first, ...more]) => {
      if (first?.type.kind !== type.kind || first.object.managed || more.length > 0) {
        throw new Refusal("BadParameter", "the backup is of another kind of object");
      }
      return [first];
    },
  };
}

type VersionLifecycle<Own extends object> = Pick<
  ObjectFace<Own>,
  "removeVersion" | "recoverVersion" | "purgeVersion"
>;

function ordinaryVersions<Own extends object>(type: ObjectType<Own>): VersionLifecycle<Own> {
  const unmanaged = async (tx: LedgerTransaction, operation: string, act: VersionAct) =>
    requireUnmanaged(operation, await requireObject(tx, act.vault, type, act.name));
  return {
    removeVersion: async (tx, act) => {
      await unmanaged(tx, "delete", act);
      return await deleteVersion(tx, type, act);
    },
    recoverVersion: async (tx, act) => {
      await unmanaged(tx, "recover", act);
      return await recoverVersion(tx, type, act);
    },
    purgeVersion: async (tx, act) => {
      await unmanaged(tx, "purge", act);
      return await purgeVersion(tx, type, act);
    },
  };
}
