// SPDX-License-Identifier: Apache-2.0
/**
 * The highest TCB evaluation data number that was seen of each family of platforms: whoever delivers endorsements may not
 * choose an older judgement of Intel's that has not expired yet.
 */

import { type DcapClaims, type Refused, refuse } from "@strongroom/attestation";
import { installationScope } from "@strongroom/core";
import { z } from "zod";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { readLive } from "../../objects/erased.ts";

const schema = z.object({ number: z.number() });

/** Refuses a lower number, remembers a higher one. */
export async function checkWatermark(
  tx: LedgerTransaction,
  { quote, platform, tcbEvaluationDataNumber: number }: DcapClaims,
): Promise<Refused | undefined> {
  const id = `attestation/tcb/${quote.body.kind}/${platform.fmspc}`;
  const key = { scope: installationScope, id };
  const seen = (await readLive(tx, key, schema))?.number ?? 0;
  if (number < seen) {
    return refuse("endorsements-unavailable", "the endorsements are older than ones seen before");
  }
  if (number > seen) {
    await tx.put(key, { number });
  }
  return undefined;
}
