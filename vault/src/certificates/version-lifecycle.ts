// SPDX-License-Identifier: Apache-2.0
/** Deletion, recovery and purge of one version of a certificate: the key and the secret of that version go along. */

import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import {
  type DeletedVersion,
  deleteVersion,
  purgeVersion,
  recoverVersion,
  type VersionAct,
} from "../objects/delete-version.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { type FoundVersion, isActive, readObject, readVersion } from "../objects/read-object.ts";
import { type CertificateMembers, certificateType } from "./certificate-type.ts";
import { otherFaces } from "./faces.ts";

/** Soft-deletes the version of all three faces. @throws {Refusal} `NotFound`, `CurrentVersion` */
export async function deleteCertificateVersion(
  tx: LedgerTransaction,
  act: VersionAct,
): Promise<DeletedVersion<CertificateMembers>> {
  const deleted = await deleteVersion(tx, certificateType, act);
  for (const type of await facesWith(tx, act, "there")) {
    await deleteVersion(tx, type, act);
  }
  return deleted;
}

/** Takes the deletion back, of all faces. @throws {Refusal} `NotFound` */
export async function recoverCertificateVersion(
  tx: LedgerTransaction,
  act: VersionAct,
): Promise<FoundVersion<CertificateMembers>> {
  for (const type of await facesWith(tx, act, "deleted")) {
    await recoverVersion(tx, type, act);
  }
  return await recoverVersion(tx, certificateType, act);
}

/** Erases the deleted version of all faces; answers what it was. @throws {Refusal} `NotFound` */
export async function purgeCertificateVersion(
  tx: LedgerTransaction,
  act: VersionAct,
): Promise<FoundVersion<CertificateMembers>> {
  for (const type of await facesWith(tx, act, "deleted")) {
    await purgeVersion(tx, type, act);
  }
  return await purgeVersion(tx, certificateType, act);
}

// A version that was never issued has no secret, and may have no key.
async function facesWith(
  tx: RecordReader,
  { vault, name, version }: VersionAct,
  state: "there" | "deleted",
): Promise<readonly ObjectType[]> {
  const faces: ObjectType[] = [];
  for (const type of otherFaces) {
    const object = await readObject(tx, vault, type, name);
    const found =
      isActive(object) && object.managed
        ? await readVersion(tx, vault, type, { object, version })
        : undefined;
    if (found !== undefined && (found.version.deleted === undefined) === (state === "there")) {
      faces.push(type);
    }
  }
  return faces;
}
