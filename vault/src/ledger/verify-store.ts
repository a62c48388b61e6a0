// SPDX-License-Identifier: Apache-2.0
/** Verifies all that a store holds. */

import type { StoreScanner } from "../store/store.ts";
import type { AnchoredHead, MacKeyOf } from "./ledger.ts";
import { type LogVerification, verifyLogs } from "./verify-logs.ts";
import { verifyRecords } from "./verify-records.ts";

/** Verifies logs against the anchors, then rows against the logs; the answered index knows all values. */
export async function verifyStore(
  store: StoreScanner,
  anchors: readonly AnchoredHead[],
  macKey: MacKeyOf,
): Promise<LogVerification> {
  const verified = await verifyLogs(store, anchors);
  const rowFindings = await verifyRecords(store, verified.index, macKey);
  return { ...verified, findings: [...verified.findings, ...rowFindings] };
}
