// SPDX-License-Identifier: Apache-2.0
/** Replays every audit log and compares it with what the HSM host remembers of it. */

import { isStrongroomError, leafHash, MerkleTree, toHex } from "@strongroom/core";
import type { StoredLeaf, StoreScanner } from "../store/store.ts";
import { collectFindings, type Finding, type Report } from "./finding.ts";
import { Fold } from "./fold.ts";
import type { AnchoredHead } from "./ledger.ts";
import { pageSizes } from "./limits.ts";
import { type Milestones, milestonesOf } from "./milestones.ts";
import { parseLeaf, type ReplayedLeaf } from "./parse-leaf.ts";
import type { RecordIndex } from "./record-index.ts";

/** Name of the operation of a log's first leaf. */
export const openingOperation = "LogOpen";

/** Where leaves come from: a store, or a file of exported ones. */
export interface LeafSource extends Pick<StoreScanner, "leaves" | "logs"> {
  /** Leaves that are read at once. */
  readonly pageSize?: number;
}

/** A log as it was replayed. */
export interface ReplayedLog extends AnchoredHead {
  /** Size that the HSM host remembers; 0 for none. */
  readonly anchored: number;
  /** Whether a later log has named this very head. */
  readonly isNamed: boolean;
  /** The log's tree, which has forgotten what lies before the anchored size. */
  readonly tree: MerkleTree;
}

/** What replaying all logs gave. */
export interface LogVerification {
  readonly findings: readonly Finding[];
  readonly logs: readonly ReplayedLog[];
  /** State of every record by the logs' word; values are not known yet. */
  readonly index: RecordIndex;
  /** One-time ids that the logs say were used, with the time in milliseconds when they expire. */
  readonly spent: ReadonlyMap<string, number>;
}

/** Which logs the anchors are of: the HSM host knows all, a head that somebody kept is of one. */
export type Witnessed = "every log" | "some logs";

/**
 * Verifies logs against the HSM host's anchors and folds their writes.
 *
 * Anchors are to be read before: a log that grows meanwhile still extends them.
 */
export async function verifyLogs(
  source: LeafSource,
  anchors: readonly AnchoredHead[],
  witnessed: Witnessed = "every log",
): Promise<LogVerification> {
  const { findings, report } = collectFindings();
  const openings = await readOpenings(source);
  if (openings.length === 0 && anchors.length > 0) {
    report("HeadRollback", "the store is empty, older than the HSM remembers");
  }
  const milestones = milestonesOf(
    anchors,
    openings.flatMap((opening) => opening.heads ?? []),
  );
  const fold = new Fold(report);
  const spent = new Map<string, number>();
  const logs: ReplayedLog[] = [];
  for (const { log, isOpening } of openings) {
    const anchored = anchors.find((anchor) => anchor.log === log)?.size ?? 0;
    const add = (leaf: ReplayedLeaf) => {
      for (const write of leaf.writes) {
        fold.add(write);
      }
      for (const { id, expires } of leaf.spent ?? []) {
        spent.set(id, expires);
      }
    };
    const tree = new MerkleTree();
    await replay({ source, log, tree, anchored, milestones, report, add });
    const head = { log, size: tree.size, root: toHex(tree.root()) };
    logs.push({ ...head, anchored, isNamed: milestones.isNamed(head), tree });
    if (witnessed === "every log") {
      reportForged({ log, size: tree.size, isOpening, anchored }, report);
    }
  }
  milestones.reportMissed(report);
  fold.finish();
  return { findings, logs, index: fold.index, spent };
}

/** A process anchors the first leaf of its log before it writes a second one, and that leaf only says so. */
export function reportForged(
  {
    log,
    size,
    isOpening,
    anchored,
  }: Pick<ReplayedLog, "log" | "size" | "anchored"> & Pick<Opening, "isOpening">,
  report: Report,
): void {
  if (!isOpening) {
    report("StoreTampered", `log ${log} does not begin with its opening`);
  }
  if (anchored === 0 && size > 1) {
    report("StoreTampered", `log ${log} holds ${size} leaves and the HSM has never seen it`);
  }
}

/** A log to replay. */
export interface Replay {
  readonly source: LeafSource;
  readonly log: string;
  /** What is known of it already, and grows. */
  readonly tree: MerkleTree;
  readonly anchored: number;
  readonly milestones: Milestones;
  readonly report: Report;
  /** Takes what a leaf says. */
  readonly add: (leaf: ReplayedLeaf) => void;
}

/** Nodes of a tree that are forgotten at once. */
const forgetEvery = 1024;

/** Replays what `tree` does not hold of a log. */
export async function replay(options: Replay): Promise<void> {
  const { source, log, tree, anchored, milestones, report, add } = options;
  for await (const stored of leavesOf(source, log, tree.size)) {
    if (stored.index !== tree.size) {
      report("StoreTampered", `log ${log} has no leaf ${tree.size}`);
      return;
    }
    tree.append(leafHash(stored.bytes));
    if (tree.size % forgetEvery === 0) {
      tree.forget(Math.min(tree.size, anchored));
    }
    milestones.pass({ log, size: tree.size }, () => toHex(tree.root()), report);
    const leaf = tryParse(stored, report);
    if (leaf !== undefined) {
      add(leaf);
    }
  }
  milestones.reportOutgrown({ log, size: tree.size }, report);
}

/** Leaves of a log in order, read in pages. */
export async function* leavesOf(
  source: LeafSource,
  log: string,
  first = 0,
): AsyncIterable<StoredLeaf> {
  const limit = source.pageSize ?? pageSizes.leaves;
  for (let from = first; ; ) {
    const page = await source.leaves(log, { from, limit });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) {
      return;
    }
    from = last.index + 1;
  }
}

/** What is known of a log by its first leaf. */
export interface Opening {
  readonly log: string;
  readonly isOpening: boolean;
  readonly time: string;
  readonly heads?: ReplayedLeaf["heads"];
  /** Id of the rollback that it says. */
  readonly rollback?: string | undefined;
}

/** The first leaf of every log, the oldest log first, so that a fold seldom waits for a predecessor. */
export async function readOpenings(source: LeafSource): Promise<readonly Opening[]> {
  const openings: Opening[] = [];
  for (const log of await source.logs()) {
    const [stored] = await source.leaves(log, { from: 0, limit: 1 });
    // What is wrong with it is reported when the log is replayed.
    const leaf = stored?.index === 0 ? tryParse(stored, () => undefined) : undefined;
    const { time = "", operationName, properties } = leaf?.event ?? {};
    openings.push({
      ...{ log, time, heads: leaf?.heads, rollback: properties?.rollback?.id },
      isOpening: operationName === openingOperation,
    });
  }
  return openings.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
}

function tryParse(stored: StoredLeaf, report: Report): ReplayedLeaf | undefined {
  try {
    return parseLeaf(stored);
  } catch (error) {
    if (!isStrongroomError(error, "StoreTampered")) {
      throw error;
    }
    report("StoreTampered", error.message);
    return undefined;
  }
}
