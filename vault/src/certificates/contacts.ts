// SPDX-License-Identifier: Apache-2.0
/** Whom a vault's administrators want to be told about certificates. Shared by the whole vault. */

import type { RecordKey } from "@strongroom/core";
import { toJsonValue } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased, readLive } from "../objects/erased.ts";
import type { Vault } from "../vaults/vault-record.ts";

const contactsRecordSchema = z.object({
  contacts: z.array(
    z.object({ email: z.string(), name: z.string().optional(), phone: z.string().optional() }),
  ),
});

/** The contacts. */
export type ContactsRecord = z.infer<typeof contactsRecordSchema>;

const contactsKey = (vaultUid: string): RecordKey => ({ scope: vaultUid, id: "contacts" });

/** Sets the contacts in place of all that were there. */
export async function setContacts(
  tx: LedgerTransaction,
  vault: Vault,
  record: ContactsRecord,
): Promise<ContactsRecord> {
  await tx.put(contactsKey(vault.uid), toJsonValue(record));
  return record;
}

/** The contacts. @throws {Refusal} `NotFound` if there are none. */
export async function readContacts(tx: RecordReader, vault: Vault): Promise<ContactsRecord> {
  const record = await readLive(tx, contactsKey(vault.uid), contactsRecordSchema);
  if (record === undefined) {
    throw new Refusal("NotFound", "Contacts not found");
  }
  return record;
}

/** Takes all contacts away; answers them. @throws {Refusal} `NotFound` if there are none. */
export async function deleteContacts(tx: LedgerTransaction, vault: Vault): Promise<ContactsRecord> {
  const record = await readContacts(tx, vault);
  await tx.put(contactsKey(vault.uid), erased);
  return record;
}
