// SPDX-License-Identifier: Apache-2.0
/** A group of requests that share one transaction: each has a savepoint, a leaf and an outcome of its own. */

import { type AuditEvent, type AuditLeaf, type Hash, leafHash } from "@strongroom/core";
import type { SavepointTransaction } from "../store/store.ts";
import type { Deadline } from "./deadline.ts";
import type { LedgerWork, MacKeyOf } from "./ledger.ts";
import type { RecordIndex } from "./record-index.ts";
import { RequestTransaction } from "./request-transaction.ts";

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
  readonly deadline: Deadline;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests of one transaction, and what they have come to so far. */
export interface Group {
  readonly requests: readonly Request[];
  /** Place of the group's first leaf in the log. */
  readonly firstIndex: number;
  /** Changes that become true with the commit. */
  readonly changes: RecordIndex;
  readonly leaves: { readonly bytes: Uint8Array; readonly hash: Hash }[];
  /** What is to be told once the group is durable. */
  readonly answers: (() => void)[];
}

/** What running a request takes. */
export interface GroupContext {
  readonly tx: SavepointTransaction;
  readonly macKey: MacKeyOf;
  /** Bytes of a leaf of this process's log. */
  readonly encode: (leaf: LeafContent) => Uint8Array;
}

/** What a request puts into its leaf. */
export interface LeafContent extends Pick<AuditLeaf, "index" | "writes" | "heads"> {
  readonly event: AuditEvent;
}

/** Runs a request in its savepoint; its answer waits for the commit, its failure leaves nothing. */
export async function runRequest(
  context: GroupContext,
  group: Group,
  request: Request,
): Promise<void> {
  if (request.deadline.hasExpired()) {
    return;
  }
  const own = new RequestTransaction(context.tx, context.macKey, group.changes);
  try {
    const written = await context.tx.savepoint(() => decideInTime(context, group, request, own));
    own.accept();
    group.leaves.push({ bytes: written.bytes, hash: written.leafHash });
    group.answers.push(() => request.resolve(written));
  } catch (error) {
    group.answers.push(() => request.reject(error));
  }
}

async function decideInTime(
  context: GroupContext,
  group: Group,
  request: Request,
  own: RequestTransaction,
) {
  try {
    return await Promise.race([decide(context, group, request, own), request.deadline.expired]);
  } catch (error) {
    // Before the savepoint is taken back: what reached the store later would stay.
    await own.abandon();
    throw error;
  }
}

async function decide(
  { encode }: GroupContext,
  group: Group,
  { work, heads }: Request,
  own: RequestTransaction,
): Promise<Written & { readonly bytes: Uint8Array }> {
  const { event, result } = await work(own);
  const writes = await own.finish();
  const index = group.firstIndex + group.leaves.length;
  const bytes = encode({ index, event, writes, ...(heads && { heads }) });
  return { index, result, bytes, leafHash: leafHash(bytes) };
}
