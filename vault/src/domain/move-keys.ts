// SPDX-License-Identifier: Apache-2.0
/**
 * After a rotation: moves every key in the store under the newest key encryption keys, and records which there are.
 *
 * A pass that ends in the middle leaves keys of both kinds, all of which work; the next one finds what is left.
 */

import {
  type Clock,
  canonicalJson,
  equalBytes,
  installationScope,
  type JsonValue,
  type Log,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { systemEvent } from "../audit/event.ts";
import { installationRecords } from "../installation/installation-keys.ts";
import type { Ledger, LedgerReader } from "../ledger/ledger.ts";
import { findOutdated, type OutdatedDeps, type OutdatedKey } from "./outdated-keys.ts";

/** Keys moved in one transaction: some milliseconds, while others wait for it. */
const batchSize = 50;

/** Wait in milliseconds after a pass that failed. */
const retryMs = 5_000;

/** What moving works with. */
export interface MoveDeps extends OutdatedDeps {
  readonly ledger: LedgerReader & Pick<Ledger, "commit">;
  readonly hsm: Pick<HsmClient, "rewrap" | "status">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Moves what is to be moved now, and after each rotation. */
export interface KeyMover {
  /** Says that there was a rotation. */
  readonly wake: () => void;
  /** Runs until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Keys that are under older keys; 0 where the token has no older ones. */
  readonly outdated: () => Promise<number>;
}

/** The one mover of a vault. */
export function createKeyMover(deps: MoveDeps): KeyMover {
  let rotation = Promise.withResolvers<void>();
  return {
    wake: () => rotation.resolve(),
    outdated: async () => {
      let count = 0;
      if (await hasOlder(deps)) {
        for await (const _ of findOutdated(deps)) {
          count += 1;
        }
      }
      return count;
    },
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await moveAll(deps, signal);
          await Promise.race([rotation.promise, aborted(signal)]);
          rotation = Promise.withResolvers<void>();
        } catch (error) {
          if (!signal.aborted) {
            deps.log.failure("keys stay under older key encryption keys for now", error);
            await deps.clock.sleep(retryMs, signal).catch(() => undefined);
          }
        }
      }
    },
  };
}

/** Records which generations the store needs from now on. @param older Whether older ones are among them */
export async function recordGenerations(
  { ledger, hsm, clock }: Pick<MoveDeps, "ledger" | "hsm" | "clock">,
  older: "kept" | "retired",
): Promise<void> {
  const { generations } = await hsm.status();
  const [newest, ...others] = generations;
  const kept = older === "kept" ? others : [];
  const content = { ...newest, older: kept.map((ids) => ({ ...ids })) } as JsonValue;
  const key = { scope: installationScope, id: installationRecords.kek };
  const present = (await ledger.read(key))?.body ?? null;
  // An installation that never rotated keeps the record that it began with.
  const first = { ...newest } as JsonValue;
  if (isSame(present, content) || (kept.length === 0 && isSame(present, first))) {
    return;
  }
  await ledger.commit(async (tx) => {
    await tx.put(key, content);
    return { event: systemEvent("KekRecord", clock.now(), { keks: content }), result: undefined };
  });
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return equalBytes(canonicalJson(a), canonicalJson(b));
}

async function moveAll(deps: MoveDeps, signal: AbortSignal): Promise<void> {
  await recordGenerations(deps, "kept");
  if (!(await hasOlder(deps))) {
    return;
  }
  let moved = 0;
  let batch: OutdatedKey[] = [];
  for await (const outdated of findOutdated(deps)) {
    signal.throwIfAborted();
    batch.push(outdated);
    if (batch.length === batchSize) {
      moved += await move(deps, batch);
      batch = [];
    }
  }
  moved += await move(deps, batch);
  deps.log.info("keys are under the newest key encryption keys", { count: moved });
}

async function hasOlder({ hsm }: Pick<MoveDeps, "hsm">): Promise<boolean> {
  return (await hsm.status()).generations.length > 1;
}

async function move({ ledger, clock }: MoveDeps, batch: readonly OutdatedKey[]): Promise<number> {
  if (batch.length === 0) {
    return 0;
  }
  const { result } = await ledger.commit(async (tx) => {
    let count = 0;
    for (const { key, revision, content, sealed } of batch) {
      // Whoever changed it meanwhile did so with the old key or with a newer one: the next pass looks at it again.
      if ((await tx.read(key))?.revision === revision) {
        await tx.put(key, content);
        if (sealed !== undefined) {
          await tx.removeValue(key);
          await tx.putValue(key, sealed);
        }
        count += 1;
      }
    }
    return { event: systemEvent("KekRewrap", clock.now(), { count }), result: count };
  });
  return result;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
