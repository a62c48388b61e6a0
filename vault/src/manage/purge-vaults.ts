// SPDX-License-Identifier: Apache-2.0
/**
 * Purges deleted vaults whose retention is over: every object in them, and then the vault says so itself.
 *
 * Nobody can purge one before: the operator lets vaults go, and may not destroy what is in them. One with a charter stays
 * until its signers order that it is purged.
 */

import { wholeVault } from "@strongroom/api";
import { systemEvent } from "../audit/event.ts";
import { hasOrder, useOrder } from "../charter/orders.ts";
import { sweepIntervalMs } from "../objects/limits.ts";
import { objectKey, objectPrefix, objectRecordSchema } from "../objects/object-record.ts";
import { finishPurge, type PurgeTarget, type SweepDeps } from "../objects/purge-sweep.ts";
import { readObject } from "../objects/read-object.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import { parseRecord, type Vault, vaultKey, vaultPurgeAt } from "../vaults/vault-record.ts";
import type { OneAtATime } from "./manage-vault.ts";

/** What the purge works with. */
export interface VaultPurgeDeps extends SweepDeps {
  /** The line of writes of vaults: a recovery must not meet a purge half-way. */
  readonly oneAtATime: OneAtATime;
}

const purge = { action: "purge", object: wholeVault } as const;

/** Purges until the signal aborts: at once, and then as often as objects are swept. */
export async function purgeVaults(deps: VaultPurgeDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await purgeDueVaults(deps, signal).catch((error: unknown) =>
      deps.log.failure("a deleted vault stays for now", error),
    );
    await deps.clock.sleep(sweepIntervalMs, signal).catch(() => undefined);
  }
}

/** One look at every deleted vault. */
export async function purgeDueVaults(deps: VaultPurgeDeps, signal: AbortSignal): Promise<void> {
  for (const { uid } of deps.directory.deleted()) {
    signal.throwIfAborted();
    await deps.oneAtATime(async () => {
      const vault = deps.directory.byUid(uid);
      const now = deps.clock.now();
      if (
        vault !== undefined &&
        isDue(vault, now) &&
        (await hasOrder(deps.ledger, vault, purge, now))
      ) {
        await purgeVault(deps, vault, signal);
      }
    });
  }
}

function isDue(vault: Vault, now: Date): boolean {
  const { deleted, purged } = vault;
  return deleted !== null && purged === undefined && vaultPurgeAt(deleted, vault) <= toSeconds(now);
}

// An interrupted purge starts over: what is purged is passed by.
async function purgeVault(deps: VaultPurgeDeps, vault: Vault, signal: AbortSignal): Promise<void> {
  for (const type of deps.types) {
    for await (const { body } of allRecords(deps.ledger, vault.uid, objectPrefix(type.kind))) {
      signal.throwIfAborted();
      const target = { vault, type, name: parseRecord(objectRecordSchema, body).name };
      await makeDue(deps, target);
      await finishPurge(deps, target, () => signal.aborted);
    }
  }
  signal.throwIfAborted();
  const at = deps.clock.now();
  const purged = { ...vault, purged: toSeconds(at) };
  await deps.ledger.commit(async (tx) => {
    await useOrder(tx, vault, purge, at);
    await tx.put(vaultKey(vault.uid), purged);
    return { result: undefined, event: systemEvent("VaultPurge", at, { vault: vault.uid }) };
  });
  deps.directory.set(purged);
}

// The vault's retention was each object's: whatever is in it now goes with it.
async function makeDue(deps: VaultPurgeDeps, { vault, type, name }: PurgeTarget): Promise<void> {
  const at = deps.clock.now();
  const now = toSeconds(at);
  await deps.ledger.commit(async (tx) => {
    const object = await readObject(tx, vault, type, name);
    if (
      object !== undefined &&
      object.purged === null &&
      (object.deleted?.purgeAt ?? now + 1) > now
    ) {
      const deleted = { at: object.deleted?.at ?? now, purgeAt: now };
      await tx.put(objectKey(vault.uid, type.kind, name), { ...object, deleted });
    }
    const properties = { vault: vault.uid, kind: type.kind, name };
    return { result: undefined, event: systemEvent("VaultPurge", at, properties) };
  });
}
