// SPDX-License-Identifier: Apache-2.0
/** Replays the whole of the logs while the vault serves: what a start by checkpoint has not looked at. */

import type { Clock } from "@strongroom/core";
import type { StoreScanner } from "../store/store.ts";
import type { Finding } from "./finding.ts";
import type { HeadSigner } from "./ledger.ts";
import { historyPauseMs, pageSizes } from "./limits.ts";
import { verifyLogs } from "./verify-logs.ts";

/** What it takes. */
export interface History {
  readonly store: StoreScanner;
  readonly hsm: Pick<HeadSigner, "heads">;
  readonly clock: Clock;
}

/** Verifies, a little at a time; rejects with the signal's reason when it aborts first. */
export async function verifyHistory(
  { store, hsm, clock }: History,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const source = {
    pageSize: pageSizes.history,
    logs: () => store.logs(),
    leaves: async (...page: Parameters<StoreScanner["leaves"]>) => {
      await clock.sleep(historyPauseMs, signal);
      return await store.leaves(...page);
    },
  };
  return (await verifyLogs(source, await hsm.heads())).findings;
}
