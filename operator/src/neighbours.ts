// SPDX-License-Identifier: Apache-2.0
/** Which other resources must be looked at when one changes. */

import type { WorkQueue } from "@strongroom/kube";
import { keyOf, splitKey } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import { type SecretVault, type StrongroomResource, vaultNameOf } from "./resource.ts";
import { isReady } from "./status.ts";

/** Caches and queues. */
export interface NeighbourDeps extends Pick<OperatorDeps, "vaults" | "policies" | "secrets"> {
  readonly policyQueue: Pick<WorkQueue, "add">;
  readonly secretQueue: Pick<WorkQueue, "add">;
  readonly sweepQueue: Pick<WorkQueue, "add">;
}

/** What to call when something changed. */
export interface Neighbours {
  onVault(key: string): void;
  onDependent(key: string, cache: { get(key: string): StrongroomResource | undefined }): void;
}

/** Makes the rules: a vault wakes its policies and secrets, one of those that is gone has its vault swept. */
export function createNeighbours(deps: NeighbourDeps): Neighbours {
  const lastSeen = new Map<string, string>();
  return {
    onVault: (key) => {
      const vault = deps.vaults.get(key);
      // Counts and audit heads change all the time and mean nothing to the neighbours.
      const state = vault === undefined ? "" : describe(vault);
      if (lastSeen.get(key) !== state) {
        lastSeen.set(key, state);
        wakeDependents(deps, key);
        deps.sweepQueue.add(key);
      }
      if (vault === undefined) {
        lastSeen.delete(key);
      }
    },
    onDependent: (key, cache) => {
      if (cache.get(key) === undefined) {
        sweepNamespace(deps, splitKey(key).namespace);
      }
    },
  };
}

function describe(vault: SecretVault): string {
  const { uid, deletionTimestamp } = vault.metadata;
  return `${uid} ${isReady(vault)} ${deletionTimestamp === undefined}`;
}

function wakeDependents(deps: NeighbourDeps, vaultKey: string): void {
  const belongs = (resource: StrongroomResource) =>
    `${resource.metadata.namespace}/${vaultNameOf(resource)}` === vaultKey;
  for (const policy of deps.policies.list().filter(belongs)) {
    deps.policyQueue.add(keyOf(policy));
  }
  for (const secret of deps.secrets.list().filter(belongs)) {
    deps.secretQueue.add(keyOf(secret));
  }
}

function sweepNamespace(deps: NeighbourDeps, namespace: string): void {
  for (const vault of deps.vaults.list()) {
    if (vault.metadata.namespace === namespace) {
      deps.sweepQueue.add(keyOf(vault));
    }
  }
}
