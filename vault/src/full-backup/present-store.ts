// SPDX-License-Identifier: Apache-2.0
/** The store that a restore would give up, and which of its heads somebody must have seen to say so. */

import { type HeadOfLog, installationScope } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { Refusal } from "../audit/event.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { replayHead } from "../ledger/replay-head.ts";
import type { LeafSource } from "../ledger/verify-logs.ts";

/** A store, as a restore looks at it. */
export interface PresentStore {
  /** Why it is not served, where it is not. */
  readonly reason?: string;
  /** The newest head that would be given up. */
  head(): Promise<HeadOfLog | undefined>;
  /** Whether nothing would be given up but an installation that was never used. */
  isUnused(): Promise<boolean>;
  /** @throws {Refusal} `HeadRollback` unless it is a head of this store's newest log */
  requireHead(head: HeadOfLog): Promise<void>;
}

/** One that is served. */
export function servedStore(ledger: Ledger, store: LeafSource): PresentStore {
  return {
    head: async () => ledger.head(),
    isUnused: async () =>
      (await ledger.list(installationScope, "vault/", { limit: 1 })).length === 0,
    requireHead: async (head) => {
      // The log grows all the time: any head that it came by shows that this store was looked at.
      const isOurs = head.log === ledger.log && head.size <= ledger.head().size;
      if (!isOurs || (await replayHead(store, head.log, head.size)).root !== head.root) {
        throw noHeadOfOurs();
      }
    },
  };
}

/** One that must not be served: the heads are the HSM host's. */
export function refusedStore(hsm: Pick<HsmClient, "heads">, reason: string): PresentStore {
  const newest = async () => {
    const [head] = [...(await hsm.heads())].sort((a, b) => b.time - a.time);
    return head && { log: head.log, size: head.size, root: head.root };
  };
  return {
    reason,
    head: newest,
    isUnused: async () => false,
    requireHead: async ({ log, size, root }) => {
      const head = await newest();
      if (head?.log !== log || head.size !== size || head.root !== root) {
        throw noHeadOfOurs();
      }
    },
  };
}

function noHeadOfOurs(): Refusal {
  return new Refusal("HeadRollback", "this is no head of the newest log: look at what is given up");
}
