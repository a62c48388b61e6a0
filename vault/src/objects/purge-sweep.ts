// SPDX-License-Identifier: Apache-2.0
/** Purges what its retention has ended for, and ends purges that were interrupted; nobody has to ask. */

import { type Clock, isStrongroomError, type Log } from "@strongroom/core";
import { systemEvent } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { allRecords, type VaultDirectory } from "../vaults/vault-directory.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import { purgeVersion } from "./delete-version.ts";
import { isErased } from "./erased.ts";
import { sweepIntervalMs } from "./limits.ts";
import {
  type ObjectRecord,
  objectPrefix,
  objectRecordSchema,
  versionPrefix,
  versionRecordSchema,
} from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";
import { continuePurge, purgeOperation } from "./purge-object.ts";
import { readObject } from "./read-object.ts";

/** What the sweep works with. */
export interface SweepDeps {
  readonly ledger: Ledger;
  readonly directory: VaultDirectory;
  readonly types: readonly ObjectType[];
  readonly clock: Clock;
  readonly log: Log;
}

/** An object that is to be purged, wholly or some versions of it. */
export interface PurgeTarget {
  readonly vault: Vault;
  readonly type: ObjectType;
  readonly name: string;
}

/** Sweeps until the signal aborts: at once, and then every ten minutes. */
export async function sweepPurges(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sweepOnce(deps, signal);
    await deps.clock.sleep(sweepIntervalMs, signal).catch(() => undefined);
  }
}

/** One look at every object of every vault; one that fails keeps no other from its turn. */
export async function sweepOnce(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  for (const vault of deps.directory.all()) {
    for (const type of deps.types) {
      await untroubled(deps, () => sweepKind(deps, vault, type, signal));
    }
  }
}

async function untroubled({ log }: SweepDeps, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => log.failure("what is to be purged stays for now", error));
}

async function sweepKind(
  deps: SweepDeps,
  vault: Vault,
  type: ObjectType,
  signal: AbortSignal,
): Promise<void> {
  for await (const { body } of allRecords(deps.ledger, vault.uid, objectPrefix(type.kind))) {
    if (signal.aborted) {
      return;
    }
    const object = parseRecord(objectRecordSchema, body);
    if (object.purged === null && needsOrder(vault)) {
      continue;
    }
    if (isDue(object, deps.clock.now())) {
      await untroubled(deps, () => finishPurge(deps, { vault, type, name: object.name }));
    } else if (object.deleted === null && object.deletedVersions > 0) {
      await untroubled(deps, () => sweepVersions(deps, { vault, type, name: object.name }));
    }
  }
}

// What somebody has begun to purge had an order; the end of a retention alone is none.
function needsOrder({ chartered }: Vault): boolean {
  return chartered === true;
}

function isDue({ deleted, purged }: ObjectRecord, now: Date): boolean {
  return deleted !== null && (purged !== null || deleted.purgeAt <= toSeconds(now));
}

/** Takes a purge to its end, a transaction at a time; `isOver` may end it before. */
export async function finishPurge(
  deps: Pick<SweepDeps, "ledger" | "clock">,
  target: PurgeTarget,
  isOver: () => boolean = () => false,
): Promise<void> {
  const { vault, type, name } = target;
  let done = false;
  while (!done && !isOver()) {
    done = await recorded(deps, target, async (tx) => {
      const at = deps.clock.now();
      const object = await readObject(tx, vault, type, name);
      // Between two transactions somebody may have recovered it, or ended its purge.
      return object === undefined || !isDue(object, at)
        ? true
        : await continuePurge(tx, type, { vault, object, at });
    });
  }
}

async function sweepVersions(deps: SweepDeps, target: PurgeTarget): Promise<void> {
  const { vault, type, name } = target;
  const now = toSeconds(deps.clock.now());
  for await (const { body } of allRecords(deps.ledger, vault.uid, versionPrefix(type.kind, name))) {
    const version = isErased(body) ? undefined : parseRecord(versionRecordSchema, body);
    if (version?.deleted !== undefined && version.deleted.purgeAt <= now) {
      await purgeDueVersion(deps, target, version.version);
    }
  }
}

async function purgeDueVersion(
  deps: SweepDeps,
  target: PurgeTarget,
  version: string,
): Promise<void> {
  const { vault, type, name } = target;
  try {
    await recorded(deps, target, (tx) => purgeVersion(tx, type, { vault, name, version }));
  } catch (error) {
    // Somebody was faster.
    if (!isStrongroomError(error, "NotFound")) {
      throw error;
    }
  }
}

async function recorded<T>(
  { ledger, clock }: Pick<SweepDeps, "ledger" | "clock">,
  { vault, type, name }: PurgeTarget,
  work: (tx: LedgerTransaction) => Promise<T>,
): Promise<T> {
  const { result } = await ledger.commit(async (tx) => ({
    result: await work(tx),
    event: systemEvent(purgeOperation(type.kind), clock.now(), { vault: vault.uid, name }),
  }));
  return result;
}
