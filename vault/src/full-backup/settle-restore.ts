// SPDX-License-Identifier: Apache-2.0
/**
 * The decision of a restore, between two openings of the store.
 *
 * The decision is the HSM host's: it accepts the lower heads, durably, or it does not. Before, the old store is the store;
 * afterwards the restored one is, and each start puts it into place until the audit log says so.
 */

import { type HeadOfLog, headsDigest, StrongroomError } from "@strongroom/core";
import type { AcceptedRollback, HsmClient } from "@strongroom/hsm/client";
import { replayHead } from "../ledger/replay-head.ts";
import { readOpenings } from "../ledger/verify-logs.ts";
import type { Store } from "../store/store.ts";
import type { StagedStore } from "./stage-restore.ts";
import { putInPlace, removeStaged } from "./staging.ts";

/** What it takes. */
export interface SettleDeps {
  readonly hsm: Pick<HsmClient, "rollback">;
  /** The store's directory; the store is not open. */
  readonly directory: string;
}

/** Decides for `staged`. @throws {StrongroomError} if the HSM host did not accept it; the old store stays */
export async function decideRestore(
  hsm: Pick<HsmClient, "acceptRollback" | "rollback">,
  { id, heads, releaseRoot }: StagedStore,
): Promise<void> {
  try {
    await hsm.acceptRollback(releaseRoot, { id, heads });
  } catch (error) {
    // It may have been accepted without an answer.
    if ((await hsm.rollback())?.statement.id !== id) {
      throw error;
    }
  }
}

/** Puts into place what was decided. @returns the rollback that the audit log does not have yet */
export async function carryOutRestore({
  hsm,
  directory,
}: SettleDeps): Promise<AcceptedRollback | undefined> {
  const last = await hsm.rollback();
  if (last === undefined || last.recorded) {
    await removeStaged(directory);
    return undefined;
  }
  await putInPlace(directory, last.statement.id);
  return last;
}

/**
 * Whether this is the very store that the rollback was accepted for, but for the logs of starts that were cut off since.
 *
 * @throws {StrongroomError} `HeadRollback` if it is another.
 */
export async function requireTaken(store: Store, { statement }: AcceptedRollback): Promise<void> {
  const since = new Set(
    (await readOpenings(store)).flatMap(({ log, rollback }) =>
      rollback === statement.id ? [log] : [],
    ),
  );
  const logs = (await store.logs()).filter((each) => !since.has(each));
  const heads: HeadOfLog[] = [];
  for (const log of logs) {
    heads.push(await replayHead(store, log));
  }
  if (headsDigest(heads) !== statement.taken) {
    throw new StrongroomError(
      "HeadRollback",
      "the store is not the one that the HSM has accepted a rollback to",
    );
  }
}
