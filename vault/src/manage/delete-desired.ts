// SPDX-License-Identifier: Apache-2.0
/** Soft-deleting an object whose resource is gone. What a person made, or has recovered since, is not touched. */

import { deleteCertificate } from "../certificates/lifecycle.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { objectKey } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { isActive, readObject } from "../objects/read-object.ts";
import type { DesiredTarget } from "./desired-object.ts";

/** Deletes the object if `owner` made it, a certificate with its key and secret; answers whether it did. */
export async function deleteDesired<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  { owner, ...act }: DesiredTarget,
): Promise<boolean> {
  const existing = await readObject(tx, act.vault, type, act.name);
  if (!isActive(existing) || existing.owner !== owner || existing.managed) {
    return false;
  }
  const { object } =
    type.kind === "certificates"
      ? await deleteCertificate(tx, act)
      : await deleteObject(tx, type, act);
  // Nobody's from now on: whoever recovers it has it, and the operator does not delete it again.
  await tx.put(objectKey(act.vault.uid, type.kind, act.name), { ...object, owner: null });
  return true;
}
