// SPDX-License-Identifier: Apache-2.0
/**
 * After a recovery: has the heads of the store's logs anchored again.
 *
 * They were anchored on the volume of the token that was lost, so nothing here tells whether this store is the newest:
 * that is for the custodians who recovered the keys to know, and for `audit verify` with a head that somebody kept. The
 * store is verified as at any start, against what is anchored here.
 */

import { type Clock, leafHash, MerkleTree, toLogHead } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { systemEvent } from "../audit/event.ts";
import type { HeadSigner } from "../ledger/ledger.ts";
import { leavesOf } from "../ledger/verify-logs.ts";
import type { Store } from "../store/store.ts";
import { appendToJournal } from "./journal.ts";

/** What it works with. */
export interface AnchorAgainDeps {
  readonly hsm: Pick<HsmClient, "headsAnchored">;
  readonly store: Store;
  readonly clock: Clock;
  /** Path of the journal, which the event goes to: the audit log is not open yet. */
  readonly journal: string;
}

/** Anchors every log as far as the store has it; begun again after a crash, it does the rest. */
export async function anchorAgain(deps: AnchorAgainDeps, signer: HeadSigner): Promise<void> {
  const { hsm, store, clock, journal } = deps;
  const anchors = new Map((await signer.heads()).map(({ log, size }) => [log, size]));
  const heads: { log: string; size: number; root: string }[] = [];
  for (const log of await store.logs()) {
    const tree = new MerkleTree();
    for await (const { bytes } of leavesOf(store, log)) {
      tree.append(leafHash(bytes));
    }
    const anchored = anchors.get(log) ?? 0;
    const head = toLogHead(log, tree.size, tree.root(), clock.now());
    if (anchored < tree.size) {
      await signer.signHead(head, tree.consistencyProof(anchored, tree.size));
    }
    heads.push({ log, size: head.size, root: head.root });
  }
  await appendToJournal(journal, systemEvent("HeadsAnchoredAgain", clock.now(), { heads }));
  await hsm.headsAnchored();
}
