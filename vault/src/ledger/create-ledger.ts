// SPDX-License-Identifier: Apache-2.0
/** Opens the ledger: verifies everything, anchors what a crash left over, and begins a log of this process's own. */

import { randomBytes } from "node:crypto";
import {
  type AuditEvent,
  type Clock,
  type Log,
  type LogHead,
  MerkleTree,
  type RecordKey,
  StrongroomError,
  toHex,
  toLogHead,
} from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { keepCheckpoints } from "./checkpoint-keeper.ts";
import { Committer } from "./committer.ts";
import { HeadKeeper } from "./head-keeper.ts";
import type { HeadSigner, Ledger, LedgerTransaction, MacKeyOf } from "./ledger.ts";
import { LedgerState } from "./ledger-state.ts";
import { openLedger } from "./open-ledger.ts";
import type { RecordIndex } from "./record-index.ts";
import { StateDigest } from "./state-digest.ts";
import { VerifiedRows } from "./verified-rows.ts";
import { verifyFromCheckpoint } from "./verify-from-checkpoint.ts";
import { verifyHistory } from "./verify-history.ts";
import { type LogVerification, openingOperation, type ReplayedLog } from "./verify-logs.ts";
import { verifyStore } from "./verify-store.ts";

/** What a ledger stands on. */
export interface LedgerOptions {
  readonly store: Store;
  readonly hsm: HeadSigner;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this vault process in leaves. */
  readonly replica: string;
  /** Asked for at each use; to read what it is made of it has `store.readUnverified`. */
  readonly macKey: MacKeyOf;
  /** Writes the first records of an empty store, in its first commit. The MAC keys must be known by then. */
  readonly initialise: (tx: LedgerTransaction) => Promise<void>;
  /** Lease epoch of the writer. */
  readonly epoch?: () => number;
  /** What the first leaf says besides. */
  readonly opening?: AuditEvent["properties"];
}

/**
 * Opens the ledger over a store that nobody else writes.
 *
 * @throws {StrongroomError} `StoreTampered` or `HeadRollback` if the store is not what the audit logs and the HSM
 * say; every finding is in the log of the process.
 */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, hsm, clock, log, macKey, replica, epoch = () => 0 } = options;
  const { logs, index, spent, isWhole } = await verified(options);
  const name = toHex(randomBytes(16));
  const tree = new MerkleTree();
  const digest = digestOf(index);
  const state = new LedgerState(index, unexpired(spent, clock.now()));
  const rows = new VerifiedRows(() => clock.now().getTime());
  const source = { rows: store, state, verified: rows, macKey };
  const onChange = (key: RecordKey) => digest.touch(key);
  const committer = new Committer({
    ...{ store, source, clock, log, tree, name, replica, epoch, onChange },
  });
  const work = async (tx: LedgerTransaction) => {
    if (logs.length === 0) {
      await options.initialise(tx);
    }
    const properties = { ...options.opening, ...unsignedLeaves(logs) };
    return { event: { ...openingEvent(name, replica, clock), properties }, result: undefined };
  };
  await committer.open(work, unnamedHeads(logs, clock.now()));
  // Behind that leaf, which says what was unsigned until now.
  for (const each of logs) {
    await anchorTail(options, each);
  }
  const keeper = new HeadKeeper({ name, tree, hsm, clock, log });
  // Before anything else is written: a log of more than one leaf that the HSM has never seen is a forged one.
  const first = await keeper.cover(tree.size);
  const parts = { store, committer, source, digest, tree, name, clock, log };
  return openLedger(
    { committer, keeper, first, name, tree, source, logs: store, clock, log },
    {
      checkpoints: (signal) => keepCheckpoints({ ...parts, heads: keeper, closed: logs }, signal),
      history: isWhole ? async () => [] : (signal) => verifyHistory({ store, hsm, clock }, signal),
      forgetCheckpoint: async () => {
        await store.commit([{ kind: "checkpoint", bytes: new Uint8Array() }]);
      },
    },
  );
}

interface Verified extends LogVerification {
  /** Whether the logs were replayed from their beginning. */
  readonly isWhole: boolean;
}

async function verified({ store, hsm, log, macKey }: LedgerOptions): Promise<Verified> {
  const anchors = await hsm.heads();
  const tail = await verifyFromCheckpoint(store, anchors, macKey);
  if (tail !== undefined) {
    return { ...tail, isWhole: false };
  }
  const whole = await verifyStore(store, anchors, macKey);
  for (const { kind, message } of whole.findings) {
    log.error("the store does not verify", { code: kind, reason: message });
  }
  if (whole.findings[0] !== undefined) {
    throw new StrongroomError(whole.findings[0].kind, whole.findings[0].message);
  }
  return { ...whole, isWhole: true };
}

/** Has the leaves signed that a process wrote in its last moments, so that nobody can cut them off later. */
async function anchorTail({ hsm, clock }: LedgerOptions, replayed: ReplayedLog): Promise<void> {
  const { log, size, tree, anchored } = replayed;
  if (size !== anchored) {
    const head = toLogHead(log, size, tree.root(), clock.now());
    await hsm.signHead(head, tree.consistencyProof(anchored, size));
  }
}

function digestOf(index: RecordIndex): StateDigest {
  const digest = new StateDigest(index);
  for (const key of index.keys()) {
    digest.touch(key);
  }
  return digest;
}

function unexpired(spent: ReadonlyMap<string, number>, at: Date): ReadonlyMap<string, number> {
  return new Map([...spent].filter(([, expires]) => expires > at.getTime()));
}

// A head that an earlier log has named already is bound through that one: leaves stay small however often we start.
function unnamedHeads(logs: readonly ReplayedLog[], at: Date): readonly LogHead[] {
  return logs
    .filter(({ isNamed }) => !isNamed)
    .map(({ log, size, root }) => ({ log, size, root, time: at.getTime() }));
}

// Behind the last head that the HSM signed there are what a process wrote in its last moments, and whatever else somebody
// may have put there: such leaves write nothing, as rows have a code, but they say something.
function unsignedLeaves(logs: readonly ReplayedLog[]): AuditEvent["properties"] {
  const unsigned = logs
    .filter(({ anchored, size }) => anchored < size)
    .map(({ log, anchored: from, size }) => ({ log, from, size }));
  return unsigned.length === 0 ? {} : { unsigned };
}

function openingEvent(log: string, replica: string, clock: Clock): AuditEvent {
  return {
    time: clock.now().toISOString(),
    category: "AuditEvent",
    operationName: openingOperation,
    resultType: "Success",
    resultSignature: "OK",
    httpStatusCode: 200,
    correlationId: log,
    callerIpAddress: "",
    identity: { kind: "process", replica },
    properties: {},
  };
}
