// SPDX-License-Identifier: Apache-2.0
/** Which other resources must be looked at when one changes. */

import type { WorkQueue } from "@strongroom/kube";
import { keyOf, splitKey } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import { type SecretVault, type StrongroomResource, vaultNameOf } from "./resource.ts";
import { isReady } from "./status.ts";
import { allVaults } from "./sweep-vaults.ts";

/** Caches. */
type Caches = Pick<OperatorDeps, "vaults" | "policies" | "secrets">;

/** Queues to add to. */
export interface NeighbourQueues {
  readonly policies: Pick<WorkQueue, "add">;
  readonly secrets: Pick<WorkQueue, "add">;
  readonly sweeps: Pick<WorkQueue, "add">;
  readonly vaultSweeps: Pick<WorkQueue, "add">;
}

/** What to call when something changed. */
export interface Neighbours {
  onVault(key: string): void;
  onDependent(key: string, cache: { get(key: string): StrongroomResource | undefined }): void;
}

/** Makes the rules: a vault wakes its policies and secrets, one of those that is gone has its vault swept. */
export function createNeighbours(caches: Caches, queues: NeighbourQueues): Neighbours {
  const lastSeen = new Map<string, string>();
  return {
    onVault: (key) => {
      const vault = caches.vaults.get(key);
      // Counts and audit heads change all the time and mean nothing to the neighbours.
      const state = vault === undefined ? "" : describe(vault);
      if (lastSeen.get(key) !== state) {
        lastSeen.set(key, state);
        wakeDependents(caches, queues, key);
        queues.sweeps.add(key);
      }
      if (vault === undefined) {
        lastSeen.delete(key);
        queues.vaultSweeps.add(allVaults);
      }
    },
    onDependent: (key, cache) => {
      if (cache.get(key) === undefined) {
        sweepNamespace(caches, queues, splitKey(key).namespace);
      }
    },
  };
}

function describe(vault: SecretVault): string {
  const { uid, deletionTimestamp } = vault.metadata;
  return `${uid} ${isReady(vault)} ${deletionTimestamp === undefined}`;
}

function wakeDependents(caches: Caches, queues: NeighbourQueues, vaultKey: string): void {
  const belongs = (resource: StrongroomResource) =>
    `${resource.metadata.namespace}/${vaultNameOf(resource)}` === vaultKey;
  for (const policy of caches.policies.list().filter(belongs)) {
    queues.policies.add(keyOf(policy));
  }
  for (const secret of caches.secrets.list().filter(belongs)) {
    queues.secrets.add(keyOf(secret));
  }
}

function sweepNamespace(caches: Caches, queues: NeighbourQueues, namespace: string): void {
  for (const vault of caches.vaults.list()) {
    if (vault.metadata.namespace === namespace) {
      queues.sweeps.add(keyOf(vault));
    }
  }
}
