// SPDX-License-Identifier: Apache-2.0
/** Writes the entries of a backup into an empty store, in transactions of a bounded size. */

import { assertNever, fromUtf8, type LogHead } from "@strongroom/core";
import { unreadable } from "../objects/backup/backup-format.ts";
import type { Store, StoreWrite } from "../store/store.ts";
import type { Entry, EntryHead } from "./entries.ts";
import { restoreBatchBytes, restoreBatchRows } from "./limits.ts";

/** Fills the store; answers the heads that the backup says were anchored. @throws {Refusal} `BadParameter` */
export async function fillStore(
  store: Pick<Store, "commit">,
  entries: AsyncIterable<Entry>,
): Promise<readonly LogHead[]> {
  let heads: readonly LogHead[] | undefined;
  let batch: StoreWrite[] = [];
  let bytes = 0;
  const counts = { records: 0, values: 0, leaves: 0 };
  for await (const entry of entries) {
    const { head, first, second } = entry;
    if ((head.kind === "begin") !== (heads === undefined)) {
      throw unreadable();
    }
    if (head.kind === "begin") {
      heads = head.heads;
    } else if (head.kind === "end") {
      requireCounts(head, counts);
    } else {
      batch.push(toWrite(entry, head, counts));
      bytes += first.length + second.length;
    }
    if (batch.length === restoreBatchRows || bytes > restoreBatchBytes) {
      await store.commit(batch);
      batch = [];
      bytes = 0;
    }
  }
  await store.commit(batch);
  return heads ?? [];
}

type Counts = Record<"records" | "values" | "leaves", number>;

function toWrite(
  { first, second }: Entry,
  head: Exclude<EntryHead, { readonly kind: "begin" | "end" }>,
  counts: Counts,
): StoreWrite {
  switch (head.kind) {
    case "record": {
      const { scope, id, revision } = head;
      counts.records += 1;
      return {
        kind: "restoredRecord",
        record: { scope, id, revision, body: first, mac: second },
      };
    }
    case "value":
      counts.values += 1;
      return { kind: "value", value: { scope: head.scope, id: head.id, sealed: first } };
    case "leaf":
      counts.leaves += 1;
      return { kind: "leaves", log: head.log, from: head.index, texts: [fromUtf8(first)] };
    default:
      return assertNever(head);
  }
}

function requireCounts(end: Counts, counts: Counts): void {
  const { records, values, leaves } = counts;
  if (end.records !== records || end.values !== values || end.leaves !== leaves) {
    throw unreadable();
  }
}
