// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies a store by its checkpoint: what came later is replayed, and all rows are compared with what must follow.
 *
 * It either finds everything right or answers nothing, and then the whole of the logs says what is wrong.
 */

import {
  type AuditWrite,
  installationScope,
  MerkleTree,
  type RecordKey,
  recordDigest,
  toHex,
} from "@strongroom/core";
import type { StoreScanner } from "../store/store.ts";
import { type Checkpoint, decodeCheckpoint, frontierOf } from "./checkpoint.ts";
import { collectFindings, nameOf, type Report } from "./finding.ts";
import { Fold } from "./fold.ts";
import type { AnchoredHead, MacKeyOf } from "./ledger.ts";
import { pageSizes } from "./limits.ts";
import { type Milestones, milestonesOf } from "./milestones.ts";
import { type IndexEntry, RecordIndex } from "./record-index.ts";
import { StateDigest } from "./state-digest.ts";
import { checkRow, describedValue } from "./verified-reads.ts";
import {
  type LogVerification,
  type Opening,
  type ReplayedLog,
  readOpenings,
  replay,
  reportForged,
} from "./verify-logs.ts";
import { everyRow, reportTampering, verifyValues } from "./verify-records.ts";

/** What a quick verification goes through. */
interface Tail {
  readonly store: StoreScanner;
  readonly anchors: readonly AnchoredHead[];
  readonly macKey: MacKeyOf;
  readonly checkpoint: Checkpoint;
  readonly milestones: Milestones;
  readonly report: Report;
  readonly fold: Fold;
  readonly spent: Map<string, number>;
  /** What the records that were written since had been; nothing where there was none. */
  readonly before: Map<string, { readonly key: RecordKey; readonly entry: IndexEntry | undefined }>;
}

/** Verifies by the checkpoint; answers nothing where there is none, or where anything is not as it must be. */
export async function verifyFromCheckpoint(
  store: StoreScanner,
  anchors: readonly AnchoredHead[],
  macKey: MacKeyOf,
): Promise<LogVerification | undefined> {
  const bytes = await store.checkpoint();
  const checkpoint = bytes && decodeCheckpoint(await macKey(installationScope), bytes);
  if (checkpoint === undefined) {
    return undefined;
  }
  const { findings, report } = collectFindings();
  const openings = await readOpenings(store);
  const known = new Set([checkpoint.open, ...checkpoint.closed].map(({ log }) => log));
  const later = openings.filter(({ log }) => !known.has(log));
  const named = later.flatMap((opening) => opening.heads ?? []);
  const tail: Tail = {
    ...{ store, anchors, macKey, checkpoint, report },
    milestones: milestonesOf(anchors, named),
    fold: new Fold(report),
    spent: new Map(checkpoint.spent.map(({ id, expires }) => [id, expires])),
    before: new Map(),
  };
  const logs = await verifyTails(tail, openings, later);
  await verifyRows(tail);
  await verifyValues(store, tail.fold.index, report);
  const { index } = tail.fold;
  return findings.length === 0 ? { findings, logs, index, spent: tail.spent } : undefined;
}

async function verifyTails(
  tail: Tail,
  openings: readonly Opening[],
  later: readonly Opening[],
): Promise<readonly ReplayedLog[]> {
  const { checkpoint, milestones, report, fold } = tail;
  const { open, closed } = checkpoint;
  const logs: ReplayedLog[] = [];
  if (openings.length !== later.length + closed.length + 1) {
    report("StoreTampered", "a log is missing that the checkpoint knows");
  }
  for (const head of closed) {
    milestones.pass(head, () => head.root, report);
    // It is complete, so that a leaf behind it is one too many.
    const [extra] = await tail.store.leaves(head.log, { from: head.size, limit: 1 });
    if (extra !== undefined) {
      report("StoreTampered", `log ${head.log} goes on after it was closed`);
    }
    logs.push({ ...head, anchored: head.size, isNamed: true, tree: new MerkleTree() });
  }
  milestones.pass(open, () => open.root, report);
  logs.push(
    await replayLog(tail, open.log, MerkleTree.fromFrontier(open.size, frontierOf(checkpoint))),
  );
  for (const { log, isOpening } of later) {
    const replayed = await replayLog(tail, log, new MerkleTree());
    reportForged({ ...replayed, isOpening }, report);
    logs.push(replayed);
  }
  milestones.reportMissed(report);
  fold.finish();
  return logs;
}

async function replayLog(tail: Tail, log: string, tree: MerkleTree): Promise<ReplayedLog> {
  const { store, anchors, milestones, report, spent } = tail;
  const anchored = anchors.find((anchor) => anchor.log === log)?.size ?? 0;
  await replay({
    ...{ source: store, log, tree, anchored, milestones, report },
    add: (leaf) => {
      for (const write of leaf.writes) {
        addWrite(tail, write);
      }
      for (const { id, expires } of leaf.spent ?? []) {
        spent.set(id, expires);
      }
    },
  });
  const head = { log, size: tree.size, root: toHex(tree.root()) };
  return { ...head, anchored, isNamed: milestones.isNamed(head), tree };
}

// The first write since the checkpoint says what the record was before; whether it was is seen when all rows are.
function addWrite({ fold, before }: Tail, write: AuditWrite): void {
  const key = { scope: write.scope, id: write.record };
  if (fold.index.get(key) === undefined) {
    const entry =
      write.revision === 1 ? undefined : { revision: write.revision - 1, digest: write.previous };
    before.set(nameOf(key), { key, entry });
    if (entry !== undefined) {
      fold.index.set(key, entry);
    }
  }
  fold.add(write);
}

async function verifyRows({
  store,
  macKey,
  checkpoint,
  report,
  fold,
  before,
}: Tail): Promise<void> {
  const { index } = fold;
  const then = new RecordIndex();
  const state = new StateDigest(then);
  const missing = new Set(before.keys());
  for await (const row of everyRow((page) => store.everyRecord(page), pageSizes.records)) {
    await reportTampering(report, async () => {
      const { scope, id, revision } = row;
      const key = { scope, id };
      const entry = index.get(key) ?? { revision, digest: toHex(recordDigest(row)) };
      const { body } = await checkRow(key, row, entry, macKey);
      index.set(key, { ...entry, value: describedValue(body) });
      if (!missing.delete(nameOf(key))) {
        then.set(key, entry);
        state.touch(key);
      }
    });
  }
  for (const { key, entry } of before.values()) {
    if (entry !== undefined) {
      then.set(key, entry);
      state.touch(key);
    }
  }
  if (missing.size > 0 || toHex(state.digest()) !== checkpoint.state) {
    report("StoreTampered", "the records are not those of the checkpoint and what came later");
  }
}
