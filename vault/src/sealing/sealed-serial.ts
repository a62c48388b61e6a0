// SPDX-License-Identifier: Apache-2.0
/** The highest serial of each name's sealed values. It outlives the secret, so that no older value ever comes back. */

import { sha256, toHex, utf8 } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { readRecord, type Vault } from "../vaults/vault-record.ts";

const recordSchema = z.object({
  serial: z.number(),
  /** SHA-256 of the sealed value, hexadecimal. */
  digest: z.string(),
});

/** A sealed value as it is remembered. */
export type SealedSerial = z.infer<typeof recordSchema>;

const recordKey = ({ uid }: Vault, name: string) => ({
  scope: uid,
  id: `sealed/${name.toLowerCase()}`,
});

/** What is remembered of a sealed value. */
export function toSealedSerial(serial: number, sealed: string): SealedSerial {
  return { serial, digest: toHex(sha256(utf8(sealed))) };
}

/** Whether this very value was the last that was taken. */
export async function isLatestSealed(
  reader: RecordReader,
  vault: Vault,
  name: string,
  { digest }: SealedSerial,
): Promise<boolean> {
  return (await readRecord(reader, recordKey(vault, name), recordSchema))?.digest === digest;
}

/** Remembers the serial. @throws {Refusal} `SealedValueOlder` unless it is higher than all before, or the value the last one */
export async function advanceSerial(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
  next: SealedSerial,
): Promise<void> {
  const known = await readRecord(tx, recordKey(vault, name), recordSchema);
  if (known?.digest === next.digest) {
    return;
  }
  if (known !== undefined && next.serial <= known.serial) {
    throw new Refusal(
      "SealedValueOlder",
      `the sealed value's serial ${next.serial} is not higher than ${known.serial}, which was taken before`,
    );
  }
  await tx.put(recordKey(vault, name), next);
}
