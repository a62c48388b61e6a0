// SPDX-License-Identifier: Apache-2.0
/** Rotates secrets when their policies say so: one new version for a due date, however long the vault was away. */

import type { Clock, Log } from "@strongroom/core";
import { systemEvent } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { isErased } from "../../objects/erased.ts";
import { allRecords, type VaultDirectory } from "../../vaults/vault-directory.ts";
import { rotationPolicyId } from "../secret-type.ts";
import {
  findDueRotation,
  prepareRotation,
  type RotationQuestion,
  type SecretMaker,
  writeRotation,
} from "./rotate-secret.ts";

/** What the loop works with. */
export interface RotationLoopDeps extends SecretMaker {
  readonly ledger: Ledger;
  readonly directory: VaultDirectory;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks: intervals are an hour at least. */
const lookInterval = 60_000;

/** Looks at every policy until the signal aborts: at once, and then every minute. */
export async function rotateSecrets(deps: RotationLoopDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rotateDueSecrets(deps, signal).catch((error: unknown) =>
      deps.log.failure("secrets that are due stay for now", error),
    );
    await deps.clock.sleep(lookInterval, signal).catch(() => undefined);
  }
}

/** One look at every policy of every vault; a secret that fails keeps no other from its turn. */
export async function rotateDueSecrets(deps: RotationLoopDeps, signal: AbortSignal): Promise<void> {
  const prefix = rotationPolicyId("");
  for (const vault of deps.directory.all()) {
    for await (const { id, body } of allRecords(deps.ledger, vault.uid, prefix)) {
      signal.throwIfAborted();
      const question = { vault, name: id.slice(prefix.length), at: deps.clock.now() };
      if (!isErased(body)) {
        await rotateIfDue(deps, question).catch((error: unknown) =>
          deps.log.failure("a secret that is due stays for now", error),
        );
      }
    }
  }
}

async function rotateIfDue(deps: RotationLoopDeps, question: RotationQuestion): Promise<void> {
  const due = await findDueRotation(deps.ledger, question);
  if (due === undefined) {
    return;
  }
  const { vault, name, at } = question;
  const previous = due.found.version.version;
  const sealed = await prepareRotation(deps, vault, due);
  await deps.ledger.commit(async (tx) => {
    // Somebody may have set, disabled or deleted it while the value was made.
    const now = await findDueRotation(tx, question);
    const isSame = now?.found.version.version === previous;
    if (now !== undefined && isSame) {
      await writeRotation(tx, question, now.found, sealed);
    }
    const outcome = isSame ? { version: sealed.version, previous } : { skipped: true };
    const properties = { vault: vault.uid, name, ...outcome };
    return { event: systemEvent("SecretRotateIfDue", at, properties), result: undefined };
  });
}
