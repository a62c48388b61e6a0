// SPDX-License-Identifier: Apache-2.0
/** Opens the ledger: verifies everything, anchors what a crash left over, and begins a log of this process's own. */

import { randomBytes } from "node:crypto";
import {
  type AuditEvent,
  type Clock,
  type Log,
  type LogHead,
  leafHash,
  MerkleTree,
  StrongroomError,
  toHex,
  toLogHead,
} from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { Committer } from "./committer.ts";
import { HeadKeeper } from "./head-keeper.ts";
import type { HeadSigner, Ledger, LedgerTransaction, MacKeyOf } from "./ledger.ts";
import { LedgerState } from "./ledger-state.ts";
import { openLedger } from "./open-ledger.ts";
import { VerifiedRows } from "./verified-rows.ts";
import { leavesOf, openingOperation, type ReplayedLog } from "./verify-logs.ts";
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
}

/**
 * Opens the ledger over a store that nobody else writes.
 *
 * @throws {StrongroomError} `StoreTampered` or `HeadRollback` if the store is not what the audit logs and the HSM
 * say; every finding is in the log of the process.
 */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, hsm, clock, log, macKey, replica, epoch = () => 0 } = options;
  const { findings, logs, index, spent } = await verifyStore(store, await hsm.heads(), macKey);
  for (const { kind, message } of findings) {
    log.error("the store does not verify", { code: kind, reason: message });
  }
  if (findings[0] !== undefined) {
    throw new StrongroomError(findings[0].kind, findings[0].message);
  }
  for (const each of logs) {
    await anchorTail(options, each);
  }
  const name = toHex(randomBytes(16));
  const tree = new MerkleTree();
  const state = new LedgerState(index, unexpired(spent, clock.now()));
  const verified = new VerifiedRows(() => clock.now().getTime());
  const source = { rows: store, state, verified, macKey };
  const committer = new Committer({ store, source, clock, log, tree, name, replica, epoch });
  const work = async (tx: LedgerTransaction) => {
    if (logs.length === 0) {
      await options.initialise(tx);
    }
    return { event: openingEvent(name, replica, clock), result: undefined };
  };
  await committer.open(work, unnamedHeads(logs, clock.now()));
  const keeper = new HeadKeeper({ name, tree, hsm, clock, log });
  // Before anything else is written: a log of more than one leaf that the HSM has never seen is a forged one.
  const first = await keeper.cover(tree.size);
  return openLedger({ committer, keeper, first, name, tree, source, clock });
}

/** Has the leaves signed that a process wrote in its last moments, so that nobody can cut them off later. */
async function anchorTail({ store, hsm, clock }: LedgerOptions, log: ReplayedLog): Promise<void> {
  if (log.size === log.anchored) {
    return;
  }
  const tree = new MerkleTree();
  for await (const leaf of leavesOf(store, log.log)) {
    tree.append(leafHash(leaf.bytes));
  }
  const head = toLogHead(log.log, tree.size, tree.root(), clock.now());
  await hsm.signHead(head, tree.consistencyProof(log.anchored, tree.size));
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
