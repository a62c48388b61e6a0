// SPDX-License-Identifier: Apache-2.0
/** Writes checkpoints: soon after a start, and then whenever the next start would have much to replay. */

import {
  type Clock,
  installationScope,
  type Log,
  type LogHead,
  type MerkleTree,
  toHex,
} from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import type { Committer } from "./committer.ts";
import type { HeadKeeper } from "./head-keeper.ts";
import type { LedgerState } from "./ledger-state.ts";
import { checkpointIntervalMs, checkpointLeaves, headIntervalMs } from "./limits.ts";
import type { StateDigest } from "./state-digest.ts";
import type { ReadSource } from "./verified-reads.ts";

/** What a keeper of checkpoints stands on. */
export interface CheckpointKeeperOptions {
  readonly store: Store;
  readonly committer: Committer;
  readonly heads: HeadKeeper;
  readonly source: ReadSource & { readonly state: LedgerState };
  readonly digest: StateDigest;
  readonly tree: MerkleTree;
  readonly name: string;
  /** Logs that nobody writes any more, in full. */
  readonly closed: readonly Pick<LogHead, "log" | "size" | "root">[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Writes checkpoints until `signal` aborts; a failure is logged and tried again. */
export async function keepCheckpoints(
  options: CheckpointKeeperOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, tree } = options;
  let last: { readonly size: number; readonly at: number } | undefined;
  while (!signal.aborted) {
    await clock.sleep(headIntervalMs, signal).catch(() => undefined);
    const now = clock.now().getTime();
    const isDue =
      last === undefined ||
      tree.size - last.size >= checkpointLeaves ||
      (tree.size > last.size && now - last.at >= checkpointIntervalMs);
    if (isDue && !signal.aborted) {
      last = { size: tree.size, at: now };
      await writeCheckpoint(options).catch((error: unknown) => {
        log.failure("the checkpoint could not be written", error);
      });
    }
  }
}

async function writeCheckpoint(options: CheckpointKeeperOptions): Promise<void> {
  const { store, committer, heads, source, digest, tree, name, clock, log } = options;
  // Between two groups, when tree, records and one-time ids belong together.
  const { open, ...rest } = await committer.exclusively(async () => ({
    open: {
      log: name,
      size: tree.size,
      root: toHex(tree.root()),
      frontier: tree.frontier().map(toHex),
    },
    state: toHex(digest.digest()),
    spent: [...source.state.unexpired(clock.now())].map(([id, expires]) => ({ id, expires })),
  }));
  // The HSM's word comes first: an anchor never lies before the checkpoint.
  await heads.cover(open.size);
  const closed = options.closed.map(({ log: closedLog, size, root }) => ({
    log: closedLog,
    size,
    root,
  }));
  const macKey = await source.macKey(installationScope);
  const bytes = encodeCheckpoint(macKey, { open, closed, ...rest });
  const { changedByOthers } = await store.commit([{ kind: "checkpoint", bytes }]);
  if (changedByOthers) {
    log.error("somebody else has written to the store");
    source.verified.distrust();
  }
}
