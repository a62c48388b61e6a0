// SPDX-License-Identifier: Apache-2.0
/** Rotates keys when their policies say so, and records that a key is near its expiry. */

import type { Clock, JsonValue, Log } from "@strongroom/core";
import { systemEvent } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { isErased } from "../objects/erased.ts";
import { updateVersion } from "../objects/update-version.ts";
import { allRecords, type VaultDirectory } from "../vaults/vault-directory.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type DueQuestion, findNotificationDue, findRotationDue } from "./find-due.ts";
import { type FoundKey, rotationPolicyRecord } from "./key-kind.ts";
import type { KeyMakerDeps } from "./prepare-key.ts";
import { prepareRotation, writeRotation } from "./rotate-key.ts";

/** What the loop works with. */
export interface RotationDeps extends KeyMakerDeps {
  readonly ledger: Ledger;
  readonly directory: VaultDirectory;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks: intervals are an hour at least. */
const interval = 60_000;

/** Looks at every policy until the signal aborts: at once, and then every minute. */
export async function rotateKeys(deps: RotationDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rotateOnce(deps, signal).catch((error: unknown) =>
      deps.log.failure("keys that are due stay for now", error),
    );
    await deps.clock.sleep(interval, signal).catch(() => undefined);
  }
}

/** One look at every rotation policy of every vault; a key that fails keeps no other from its turn. */
export async function rotateOnce(deps: RotationDeps, signal: AbortSignal): Promise<void> {
  const prefix = rotationPolicyRecord("");
  for (const vault of deps.directory.all()) {
    for await (const { id, body } of allRecords(deps.ledger, vault.uid, prefix)) {
      signal.throwIfAborted();
      if (!isErased(body)) {
        await keepKey(deps, vault, id.slice(prefix.length)).catch((error: unknown) =>
          deps.log.failure("a key that is due stays for now", error),
        );
      }
    }
  }
}

async function keepKey(deps: RotationDeps, vault: Vault, name: string): Promise<void> {
  const question = { vault, name, at: deps.clock.now() };
  const found = await findRotationDue(deps.ledger, question);
  if (found !== undefined) {
    await rotate(deps, question, found);
  }
  if ((await findNotificationDue(deps.ledger, question)) !== undefined) {
    await notify(deps, question);
  }
}

async function rotate(deps: RotationDeps, question: DueQuestion, due: FoundKey): Promise<void> {
  const { vault, at } = question;
  const prepared = await prepareRotation(deps, vault, due);
  await recorded(deps, "KeyRotateIfDue", question, async (tx) => {
    // Somebody may have rotated, disabled or deleted it while the next version's key was made.
    const found = await findRotationDue(tx, question);
    if (found?.version.version !== due.version.version) {
      return { skipped: true };
    }
    const { version } = (await writeRotation(tx, vault, found, { prepared, at })).version;
    return { version, previous: due.version.version };
  });
}

async function notify(deps: RotationDeps, question: DueQuestion): Promise<void> {
  await recorded(deps, "KeyNearExpiryEventGridNotification", question, async (tx) => {
    const found = await findNotificationDue(tx, question);
    if (found === undefined) {
      return { skipped: true };
    }
    const { version, exp } = found.version;
    const own = { notifiedExp: exp };
    await updateVersion(tx, found, { attributes: {}, own, at: question.at });
    return { version, exp: exp ?? null };
  });
}

async function recorded(
  { ledger }: RotationDeps,
  operationName: string,
  { vault, name, at }: DueQuestion,
  work: (tx: LedgerTransaction) => Promise<Readonly<Record<string, JsonValue>>>,
): Promise<void> {
  await ledger.commit(async (tx) => {
    const properties = { vault: vault.uid, name, ...(await work(tx)) };
    return { event: systemEvent(operationName, at, properties), result: undefined };
  });
}
