// SPDX-License-Identifier: Apache-2.0
/** Deletion, recovery and purge of a certificate: its key and secret go along. */

import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import {
  type DeletedObject,
  deleteObject,
  type ObjectAct,
  recoverObject,
} from "../objects/delete-object.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { beginPurge } from "../objects/purge-object.ts";
import { type FoundVersion, isActive, readObject } from "../objects/read-object.ts";
import { type CertificateMembers, certificateType } from "./certificate-type.ts";
import { otherFaces } from "./faces.ts";
import { findOperation, putOperation } from "./operation-record.ts";

/** Soft-deletes all three faces; an operation that is in progress ends. @throws {Refusal} `NotFound`. */
export async function deleteCertificate(
  tx: LedgerTransaction,
  act: ObjectAct,
): Promise<DeletedObject<CertificateMembers>> {
  const { vault, name } = act;
  const deleted = await deleteObject(tx, certificateType, act);
  for (const type of otherFaces) {
    const object = await readObject(tx, vault, type, name);
    if (isActive(object) && object.managed) {
      await deleteObject(tx, type, act);
    }
  }
  const operation = await findOperation(tx, vault, name);
  if (operation?.status === "inProgress") {
    await putOperation(tx, vault, name, { ...operation, status: "cancelled" });
  }
  return deleted;
}

/** Recovers all faces that were deleted. @throws {Refusal} `NotFound`, `ObjectIsBeingDeleted`. */
export async function recoverCertificate(
  tx: LedgerTransaction,
  act: ObjectAct,
): Promise<FoundVersion<CertificateMembers>> {
  for (const type of await deletedFaces(tx, act)) {
    await recoverObject(tx, type, act);
  }
  return await recoverObject(tx, certificateType, act);
}

/** Begins the purge of all faces; answers whether that was all. @throws {Refusal} `NotFound`, `ObjectIsBeingDeleted`. */
export async function purgeCertificate(tx: LedgerTransaction, act: ObjectAct): Promise<boolean> {
  let done = await beginPurge(tx, certificateType, act);
  for (const type of await deletedFaces(tx, act)) {
    done = (await beginPurge(tx, type, act)) && done;
  }
  return done;
}

/** Faces besides the certificate itself that are deleted and not being purged. */
async function deletedFaces(
  tx: RecordReader,
  { vault, name }: ObjectAct,
): Promise<readonly ObjectType[]> {
  const faces: ObjectType[] = [];
  for (const type of otherFaces) {
    const object = await readObject(tx, vault, type, name);
    if (object?.managed && object.deleted !== null && object.purged === null) {
      faces.push(type);
    }
  }
  return faces;
}
