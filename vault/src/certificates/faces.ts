// SPDX-License-Identifier: Apache-2.0
/** The three faces of a certificate: itself, its key and its secret have one name and the same versions. */

import { Refusal } from "../audit/event.ts";
import { keyKind } from "../keys/key-kind.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { type ObjectRecord, objectKey } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { isActive, readObject, readVersion } from "../objects/read-object.ts";
import { nameIsDeleted } from "../objects/refusals.ts";
import { unite } from "../objects/selector.ts";
import { updateVersion } from "../objects/update-version.ts";
import type { VersionAttributes } from "../objects/write-version.ts";
import { secretType } from "../secrets/secret-type.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { certificateType } from "./certificate-type.ts";

/** The faces that a certificate has besides itself. */
export const otherFaces: readonly ObjectType[] = [keyKind, secretType];

/** @throws {Refusal} `NameInUse` if a key or secret of the name is somebody's own, or what says that it is deleted. */
export async function requireOwnFaces(tx: RecordReader, vault: Vault, name: string): Promise<void> {
  for (const type of otherFaces) {
    const object = await readObject(tx, vault, type, name);
    if (object !== undefined && object.deleted !== null) {
      throw nameIsDeleted(type, object);
    }
    if (isActive(object) && !object.managed) {
      throw new Refusal(
        "NameInUse",
        `A ${type.noun.toLowerCase()} with the name ${object.name} exists already; a certificate needs that name for its own.`,
      );
    }
  }
}

/** Says the same of a version's key and secret as of the certificate. */
export async function updateOtherFaces(
  tx: LedgerTransaction,
  {
    vault,
    name,
    version,
  }: { readonly vault: Vault; readonly name: string; readonly version: string },
  change: { readonly attributes: VersionAttributes; readonly at: Date },
): Promise<void> {
  for (const type of otherFaces) {
    await updateFace(tx, type, { vault, name, version }, change);
  }
}

async function updateFace<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  {
    vault,
    name,
    version,
  }: { readonly vault: Vault; readonly name: string; readonly version: string },
  change: { readonly attributes: VersionAttributes; readonly at: Date },
): Promise<void> {
  const object = await readObject(tx, vault, type, name);
  const found = isActive(object)
    ? await readVersion(tx, vault, type, { object, version })
    : undefined;
  if (found !== undefined) {
    await updateVersion(tx, found, { ...change, own: {} });
  }
}

/** Makes a version of the key, which is written, the current one. */
export async function makeKeyCurrent(
  tx: LedgerTransaction,
  {
    vault,
    name,
    version,
  }: { readonly vault: Vault; readonly name: string; readonly version: string },
  at: Date,
): Promise<void> {
  const object = await readObject(tx, vault, keyKind, name);
  if (isActive(object) && object.current !== version) {
    const content = {
      ...object,
      current: version,
      count: object.count + 1,
      updated: toSeconds(at),
    };
    await tx.put(objectKey(vault.uid, keyKind.kind, name), content);
  }
}

/** What governs one face governs all, also where a tombstone alone remembers it. */
export async function shareGovernance(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<void> {
  const faces: { readonly type: ObjectType; readonly object: ObjectRecord }[] = [];
  for (const type of [certificateType, ...otherFaces]) {
    const object = await readObject(tx, vault, type, name);
    if (object !== undefined) {
      faces.push({ type, object });
    }
  }
  const governed = faces.reduce<readonly string[]>(
    (all, { object }) => unite(all, object.governed),
    [],
  );
  for (const { type, object } of faces) {
    if (object.governed.length !== governed.length) {
      await tx.put(objectKey(vault.uid, type.kind, name), { ...object, governed: [...governed] });
    }
  }
}
