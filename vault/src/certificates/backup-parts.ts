// SPDX-License-Identifier: Apache-2.0
/** What a backup of a certificate holds: all its faces. */

import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { BackupPart } from "../objects/backup/create-backup.ts";
import type { RestoredObject } from "../objects/backup/restore-backup.ts";
import { isActive, readObject, requireObject } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { certificateType } from "./certificate-type.ts";
import { otherFaces } from "./faces.ts";

/** The certificate itself first, then its key and secret; a pending one may lack them. @throws {Refusal} `NotFound`. */
export async function certificateParts(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<readonly BackupPart[]> {
  const parts: BackupPart[] = [
    { type: certificateType, object: await requireObject(tx, vault, certificateType, name) },
  ];
  for (const type of otherFaces) {
    const object = await readObject(tx, vault, type, name);
    if (isActive(object) && object.managed) {
      parts.push({ type, object });
    }
  }
  return parts;
}

/** @throws {Refusal} `BadParameter` unless a backup held a certificate, and nothing that is not of it. */
export function checkRestoredCertificate(
  objects: readonly RestoredObject[],
): readonly [RestoredObject, ...RestoredObject[]] {
  const [first, ...others] = objects;
  const isOf = ({ type, object }: RestoredObject) =>
    otherFaces.some(({ kind }) => kind === type.kind) &&
    object.managed &&
    object.name.toLowerCase() === first?.object.name.toLowerCase();
  if (first?.type.kind !== certificateType.kind || !others.every(isOf)) {
    throw new Refusal("BadParameter", "the backup is of another kind of object");
  }
  return [first, ...others];
}
