// SPDX-License-Identifier: Apache-2.0
/** Looks again and again at what policies of objects say is due: rotations of keys and of secrets. */

import type { Clock, Log } from "@strongroom/core";
import type { LedgerReader } from "../ledger/ledger.ts";
import { allRecords, type VaultDirectory } from "../vaults/vault-directory.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { isErased } from "./erased.ts";

/** What the loop works with. */
export interface PolicyLoopDeps {
  readonly ledger: LedgerReader;
  readonly directory: Pick<VaultDirectory, "all">;
  readonly clock: Clock;
  readonly log: Log;
}

/** An object with a policy, at the time at which it is looked at. */
export interface DueQuestion {
  readonly vault: Vault;
  readonly name: string;
  readonly at: Date;
}

/** Policies of one kind. */
export interface PolicyLoop {
  /** What they are of, for the log: `key`. */
  readonly noun: string;
  /** How the ids of their records begin; the object's name follows. */
  readonly prefix: string;
  /** Does what is due, if anything. */
  readonly attend: (question: DueQuestion) => Promise<void>;
}

/** Milliseconds between two looks: intervals of policies are an hour at least. */
const lookIntervalMs = 60_000;

/** Looks at every policy until the signal aborts: at once, and then every minute. */
export async function followPolicies(
  deps: PolicyLoopDeps,
  loop: PolicyLoop,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await lookAtPolicies(deps, loop, signal).catch((error: unknown) =>
      deps.log.failure(`${loop.noun}s that are due stay for now`, error),
    );
    await deps.clock.sleep(lookIntervalMs, signal).catch(() => undefined);
  }
}

/** One look at every policy of every vault; an object that fails keeps no other from its turn. */
export async function lookAtPolicies(
  { ledger, directory, clock, log }: PolicyLoopDeps,
  { noun, prefix, attend }: PolicyLoop,
  signal: AbortSignal,
): Promise<void> {
  for (const vault of directory.all()) {
    for await (const { id, body } of allRecords(ledger, vault.uid, prefix)) {
      signal.throwIfAborted();
      if (!isErased(body)) {
        await attend({ vault, name: id.slice(prefix.length), at: clock.now() }).catch(
          (error: unknown) => log.failure(`a ${noun} that is due stays for now`, error),
        );
      }
    }
  }
}
