// SPDX-License-Identifier: Apache-2.0
/** A group of requests that share one transaction: each has changes, a leaf and an outcome of its own. */

import { type AuditEvent, type AuditLeaf, type Hash, leafHashOfText } from "@strongroom/core";
import type { StoreWrite } from "../store/store.ts";
import { tookTooLong } from "./deadline.ts";
import type { LedgerState } from "./ledger-state.ts";
import { attempt, NotInMemory, stopFor } from "./read-together.ts";
import { RequestTransaction } from "./request-transaction.ts";
import { type ReadSource, recallVerified } from "./verified-reads.ts";
import type { Task, WaitingRequest, Written } from "./waiting-request.ts";

/** Requests of one transaction, and what they have come to so far. */
export interface Group {
  readonly requests: readonly WaitingRequest[];
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

/**
 * Runs a request that writes nothing, where all that it reads is in memory: it waits for nothing and has no changes to
 * be kept apart. Says whether it did.
 */
export function runReading(
  { source: { verified }, spell }: GroupContext,
  group: Group,
  request: WaitingRequest,
): boolean {
  const { reading } = request.task;
  if (reading === undefined || request.isOver) {
    return false;
  }
  const source = { state: group.changes, verified };
  try {
    const decided = attempt((key) => recallVerified(source, key) ?? stopFor(key), reading);
    if (decided instanceof NotInMemory) {
      return false;
    }
    const { event, result } = decided;
    const { written, text } = toLeaf(group, spell, result, { event, writes: [] });
    group.leaves.push({ text, hash: written.leafHash });
    group.answers.push(() => request.resolve(written));
  } catch (error) {
    group.answers.push(() => request.reject(error));
  }
  return true;
}

/** Runs a request; its answer waits for the commit, its failure leaves nothing. */
export async function runRequest(
  context: GroupContext,
  group: Group,
  request: WaitingRequest,
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
  request: WaitingRequest,
  own: RequestTransaction,
): Promise<Decided> {
  return new Promise((resolve, reject) => {
    request.end = () => reject(tookTooLong());
    decide(context, group, request.task, own).then(resolve, reject);
  });
}

interface Leaf {
  readonly written: Written;
  readonly text: string;
}

interface Decided extends Leaf {
  readonly store: readonly StoreWrite[];
}

async function decide(
  { spell }: GroupContext,
  group: Group,
  { work, heads }: Task,
  own: RequestTransaction,
): Promise<Decided> {
  const { event, result } = await work(own);
  const { store, writes, spent } = await own.finish();
  const content = { event, writes, ...(spent && { spent }), ...(heads && { heads }) };
  return { ...toLeaf(group, spell, result, content), store };
}

function toLeaf(
  { firstIndex, leaves }: Group,
  spell: GroupContext["spell"],
  result: unknown,
  content: Omit<LeafContent, "index">,
): Leaf {
  const index = firstIndex + leaves.length;
  const text = spell({ index, ...content });
  return { written: { index, result, leafHash: leafHashOfText(text) }, text };
}
