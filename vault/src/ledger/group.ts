// SPDX-License-Identifier: Apache-2.0
/** A group of requests that share one transaction: each has changes, a leaf and an outcome of its own. */

import { type AuditEvent, type AuditLeaf, type Hash, leafHashOfText } from "@strongroom/core";
import type { StoreWrite } from "../store/store.ts";
import { tookTooLong } from "./deadline.ts";
import type { LedgerWork } from "./ledger.ts";
import type { LedgerState } from "./ledger-state.ts";
import { RequestTransaction } from "./request-transaction.ts";
import type { ReadSource } from "./verified-reads.ts";

/** A request that is durable. */
export interface Written {
  readonly result: unknown;
  /** Place of its leaf in the log. */
  readonly index: number;
  readonly leafHash: Hash;
}

/** A request as it waits. */
export interface Request {
  readonly work: LedgerWork<unknown>;
  /** For the first leaf of the log. */
  readonly heads: AuditLeaf["heads"];
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
  /** Whether its caller has been told that it took too long. */
  isOver: boolean;
  /** Ends its work, while that runs. */
  end: (() => void) | undefined;
}

/** Requests of one transaction, and what they have come to so far. */
export interface Group {
  readonly requests: readonly Request[];
  /** Place of the group's first leaf in the log. */
  readonly firstIndex: number;
  /** Changes that become true with the commit. */
  readonly changes: LedgerState;
  readonly writes: StoreWrite[];
  readonly leaves: { readonly text: string; readonly hash: Hash }[];
  /** What is to be told once the group is durable. */
  readonly answers: (() => void)[];
}

/** What running a request takes. */
export interface GroupContext {
  readonly source: Omit<ReadSource, "state">;
  /** A leaf of this process's log, as text. */
  readonly spell: (leaf: LeafContent) => string;
  readonly now: () => Date;
}

/** What a request puts into its leaf. */
export interface LeafContent extends Pick<AuditLeaf, "index" | "writes" | "spent" | "heads"> {
  readonly event: AuditEvent;
}

/** Runs a request; its answer waits for the commit, its failure leaves nothing. */
export async function runRequest(
  context: GroupContext,
  group: Group,
  request: Request,
): Promise<void> {
  if (request.isOver) {
    return;
  }
  const own = new RequestTransaction({ ...context.source, state: group.changes });
  try {
    const decided = await decideInTime(context, group, request, own);
    own.accept(context.now());
    group.writes.push(...decided.store);
    group.leaves.push({ text: decided.text, hash: decided.written.leafHash });
    group.answers.push(() => request.resolve(decided.written));
  } catch (error) {
    own.abandon();
    group.answers.push(() => request.reject(error));
  } finally {
    request.end = undefined;
  }
}

function decideInTime(
  context: GroupContext,
  group: Group,
  request: Request,
  own: RequestTransaction,
): Promise<Decided> {
  return new Promise((resolve, reject) => {
    request.end = () => reject(tookTooLong());
    decide(context, group, request, own).then(resolve, reject);
  });
}

interface Decided {
  readonly written: Written;
  readonly text: string;
  readonly store: readonly StoreWrite[];
}

async function decide(
  { spell }: GroupContext,
  group: Group,
  { work, heads }: Request,
  own: RequestTransaction,
): Promise<Decided> {
  const { event, result } = await work(own);
  const { store, writes, spent } = await own.finish();
  const index = group.firstIndex + group.leaves.length;
  const text = spell({ index, event, writes, ...(spent && { spent }), ...(heads && { heads }) });
  return { written: { index, result, leafHash: leafHashOfText(text) }, text, store };
}
