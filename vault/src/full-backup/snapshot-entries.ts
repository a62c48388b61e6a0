// SPDX-License-Identifier: Apache-2.0
/** The entries of a store as it is at one moment. */

import type { Clock, LogHead } from "@strongroom/core";
import { pageSizes } from "../ledger/limits.ts";
import { leavesOf } from "../ledger/verify-logs.ts";
import { everyRow } from "../ledger/verify-records.ts";
import type { Store } from "../store/store.ts";
import { type Entry, entryOf } from "./entries.ts";

/** What it takes. */
export interface SnapshotDeps {
  readonly store: Pick<Store, "snapshot">;
  readonly hsm: { heads(): Promise<readonly LogHead[]> };
  readonly clock: Pick<Clock, "now">;
}

/** Reads everything, a page at a time. */
export async function* snapshotEntries({ store, hsm, clock }: SnapshotDeps): AsyncGenerator<Entry> {
  // Before the rows: a log that grows meanwhile has still come by its head.
  const heads = await hsm.heads();
  using snapshot = store.snapshot();
  const counts = { records: 0, values: 0, leaves: 0 };
  yield entryOf({ kind: "begin", time: clock.now().getTime(), heads: [...heads] });
  for await (const row of everyRow((page) => snapshot.everyRecord(page), pageSizes.records)) {
    const { scope, id, revision, body, mac } = row;
    yield entryOf({ kind: "record", scope, id, revision }, body, mac);
    counts.records += 1;
  }
  for await (const row of everyRow((page) => snapshot.everyValue(page), pageSizes.values)) {
    const { scope, id, sealed } = row;
    yield entryOf({ kind: "value", scope, id }, sealed);
    counts.values += 1;
  }
  for (const log of await snapshot.logs()) {
    for await (const { index, bytes } of leavesOf(snapshot, log)) {
      yield entryOf({ kind: "leaf", log, index }, bytes);
      counts.leaves += 1;
    }
  }
  yield entryOf({ kind: "end", ...counts });
}
