// SPDX-License-Identifier: Apache-2.0
/** Fencing of management calls: the vault refuses an operator whose lease has passed to another. */

import { installationScope } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { readRecord } from "../vaults/vault-record.ts";

const key = { scope: installationScope, id: "operator-epoch" } as const;
const schema = z.object({ epoch: z.number() });

/** Remembers the highest epoch seen. @throws {Refusal} `StaleEpoch` for a lower one. */
export async function requireEpoch(tx: LedgerTransaction, epoch: number): Promise<void> {
  const known = (await readRecord(tx, key, schema))?.epoch ?? 0;
  if (epoch < known) {
    throw new Refusal("StaleEpoch", "another operator holds the lease now", { epoch, known });
  }
  if (epoch > known) {
    await tx.put(key, { epoch });
  }
}
