// SPDX-License-Identifier: Apache-2.0
/**
 * Purging an object, as many versions at a time as one transaction takes easily: the object's record says how far it
 * has come, so that a purge which a crash interrupts is taken up where it stopped.
 */

import type { ObjectKind } from "@strongroom/api";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordBody } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type ObjectAct, requireDeleted } from "./delete-object.ts";
import { erased, isErased } from "./erased.ts";
import { purgeBatch } from "./limits.ts";
import {
  type ObjectRecord,
  objectKey,
  versionPrefix,
  versionRecordSchema,
} from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";

/** What a purge needs to know of a kind. */
export type PurgedType = Pick<ObjectType, "kind" | "noun" | "companions">;

/** An object with the place of its record. */
interface PurgedObject {
  readonly vault: Vault;
  readonly object: ObjectRecord;
}

/** @throws {Refusal} `PurgeProtected` where the vault lets nobody purge before the retention ends. */
export function requirePurgeable({ purgeProtection }: Vault): void {
  if (purgeProtection) {
    throw new Refusal(
      "PurgeProtected",
      `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.`,
    );
  }
}

/** Begins the purge of a deleted object; answers whether it is done with that. @throws {Refusal} `NotFound`, `ObjectIsBeingDeleted`. */
export async function beginPurge(
  tx: LedgerTransaction,
  type: ObjectType,
  { vault, name, at }: ObjectAct,
): Promise<boolean> {
  const object = await requireDeleted(tx, vault, type, name);
  return await continuePurge(tx, type, { vault, object, at });
}

/** Erases the next versions; answers whether those were the last. */
export async function continuePurge(
  tx: LedgerTransaction,
  type: PurgedType,
  { vault, object, at }: PurgedObject & { readonly at: Date },
): Promise<boolean> {
  const { kind } = type;
  const after = object.purged?.after ?? "";
  const page = { limit: purgeBatch, ...(after === "" ? {} : { after }) };
  const versions = await tx.list(vault.uid, versionPrefix(kind, object.name), page);
  for (const version of versions) {
    await eraseVersion(tx, vault, version);
  }
  const done = versions.length < purgeBatch;
  const purged = { at: toSeconds(at), after: versions.at(-1)?.id ?? after, done };
  if (done) {
    await eraseCompanions(tx, vault, type, object.name);
  }
  const key = objectKey(vault.uid, kind, object.name);
  await tx.put(key, done ? tombstoneOf(object, purged) : { ...object, purged });
  return done;
}

// The name may be made again, by anybody and spelt otherwise; what governed it governs what comes.
function tombstoneOf(object: ObjectRecord, purged: ObjectRecord["purged"]): ObjectRecord {
  return {
    ...object,
    current: "",
    count: 0,
    deleted: null,
    owner: null,
    managed: false,
    deletedVersions: 0,
    purged,
  };
}

/** Erases one version's record and material. */
export async function eraseVersion(
  tx: LedgerTransaction,
  vault: Vault,
  { id, body }: Pick<RecordBody, "id" | "body">,
): Promise<void> {
  if (isErased(body)) {
    return;
  }
  const key = { scope: vault.uid, id };
  await tx.put(key, erased);
  if (versionRecordSchema.parse(body).valueDigest !== undefined) {
    await tx.removeValue(key);
  }
}

async function eraseCompanions(
  tx: LedgerTransaction,
  vault: Vault,
  { companions }: PurgedType,
  name: string,
): Promise<void> {
  for (const id of companions(name.toLowerCase())) {
    const key = { scope: vault.uid, id };
    const record = await tx.read(key);
    if (record !== undefined && !isErased(record.body)) {
      await tx.put(key, erased);
    }
  }
}

/** Key Vault's name of a purge in the audit log. */
export const purgeOperation = (kind: ObjectKind): string =>
  ({ secrets: "SecretPurge", keys: "KeyPurge", certificates: "CertificatePurge" })[kind];
