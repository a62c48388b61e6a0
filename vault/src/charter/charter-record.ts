// SPDX-License-Identifier: Apache-2.0
/** The record of a vault's charter. It belongs to the vault's uid: no resource takes it away, and another vault does not have it. */

import { type Charter, charterSchema } from "@strongroom/api";
import { type RecordKey, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { resourceAssignmentSchema } from "../roles/role-records.ts";
import { recallRecord, type Vault } from "../vaults/vault-record.ts";

const charterRecordSchema = z.object({
  /** SHA-256 of the canonical content, hexadecimal. */
  digest: z.string(),
  /** When it was taken, in seconds since the epoch. */
  taken: z.number(),
  /** Ids of the keys that signed it. */
  signedBy: z.array(z.string()),
  charter: charterSchema,
  /** Its roles as decisions read them; a ServiceAccount of which it does not say the uid has `null`. */
  assignments: z.array(resourceAssignmentSchema).optional(),
});

/** A charter that is in force. */
export type CharterRecord = z.infer<typeof charterRecordSchema>;

/** Key of a vault's charter. */
export const charterKey = (vaultUid: string): RecordKey => ({ scope: vaultUid, id: "charter" });

/** The charter of a vault; nothing where the vault has none. */
export function recallCharter(
  recall: Recall,
  { uid, chartered }: Pick<Vault, "uid" | "chartered">,
): CharterRecord | undefined {
  if (chartered !== true) {
    return undefined;
  }
  const record = recallRecord(recall, charterKey(uid), charterRecordSchema);
  if (record === undefined) {
    throw new StrongroomError("StoreTampered", "the vault's charter is not there");
  }
  return record;
}

/** The same, read alone. */
export function readCharter(
  reader: RecordReader,
  vault: Pick<Vault, "uid" | "chartered">,
): Promise<CharterRecord | undefined> {
  return readTogether(reader, (recall) => recallCharter(recall, vault));
}

/** Whether the charter has expired and denies everything since. */
export function isOver({ expires, onExpiry }: Charter, at: Date): boolean {
  return onExpiry === "deny" && expires * 1_000 <= at.getTime();
}
