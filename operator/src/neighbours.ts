// SPDX-License-Identifier: Apache-2.0
/** Which other resources must be looked at when one changes. */

import type { WorkQueue } from "@strongroom/kube";
import { keyOf, splitKey } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import { type SecretVault, type StrongroomResource, vaultNameOf } from "./resource.ts";
import { isReady } from "./status.ts";
import { allVaults } from "./sweep-vaults.ts";

/** What belongs to a vault. */
export type DependentCache = "policies" | "secrets" | "keys" | "certificates";

const dependents: readonly DependentCache[] = ["policies", "secrets", "keys", "certificates"];

/** Caches. */
type Caches = Pick<OperatorDeps, "vaults" | DependentCache>;

/** Queues to add to. */
export type NeighbourQueues = Readonly<
  Record<DependentCache | "sweeps" | "vaultSweeps", Pick<WorkQueue, "add">>
>;

/** What to call when something changed. */
export interface Neighbours {
  onVault(key: string): void;
  onDependent(key: string, kind: DependentCache): void;
}

/** Makes the rules: a vault wakes what belongs to it, and of that, what is gone has its vault swept. */
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
    onDependent: (key, kind) => {
      if (caches[kind].get(key) === undefined) {
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
  for (const kind of dependents) {
    for (const resource of caches[kind].list().filter(belongs)) {
      queues[kind].add(keyOf(resource));
    }
  }
}

function sweepNamespace(caches: Caches, queues: NeighbourQueues, namespace: string): void {
  for (const vault of caches.vaults.list()) {
    if (vault.metadata.namespace === namespace) {
      queues.sweeps.add(keyOf(vault));
    }
  }
}
