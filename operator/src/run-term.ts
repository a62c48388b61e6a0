// SPDX-License-Identifier: Apache-2.0
/** One term as leader: caches, queues and reconcilers, from the first list until the lease is lost or given up. */

import type { ManageClient } from "@strongroom/client";
import { retryAfterOf } from "@strongroom/client";
import { type Clock, halfJitter, type Log } from "@strongroom/core";
import {
  type KubeClient,
  type KubeTransport,
  type Leadership,
  ListWatch,
  type Reconcile,
  type RecordEvent,
  runController,
  WorkQueue,
} from "@strongroom/kube";
import { createPolicyReconciler } from "./key-release-policy/reconcile-policy.ts";
import { createNeighbours } from "./neighbours.ts";
import type { OperatorDeps } from "./operator-deps.ts";
import {
  type KeyReleasePolicy,
  keyReleasePolicies,
  type SecretVault,
  secretVaults,
  type VaultSecret,
  vaultSecrets,
} from "./resource.ts";
import { createVaultReconciler } from "./secret-vault/reconcile-vault.ts";
import { createSweeper } from "./sweep.ts";
import { createSecretReconciler } from "./vault-secret/reconcile-secret.ts";

/** Back-off of a resource that keeps failing. */
const backoff = { firstMs: 500, lastMs: 120_000 } as const;
/** When a resource with a final error is looked at again. */
const terminalRetryMs = 300_000;
/** Resources of one kind in work at the same time. */
const concurrency = 4;

/** What a term needs. */
export interface TermDeps {
  readonly transport: KubeTransport;
  readonly kube: KubeClient;
  readonly manage: ManageClient;
  readonly record: RecordEvent;
  readonly clock: Clock;
  readonly log: Log;
  readonly readCertificates: OperatorDeps["readCertificates"];
  readonly installationHost: string;
}

/** Reconciles everything until the term's signal aborts and the work in flight is over. */
export async function runTerm(term: TermDeps, { epoch, signal }: Leadership): Promise<void> {
  const { clock, log, transport } = term;
  const newQueue = () => new WorkQueue({ clock, jitter: halfJitter, backoff });
  using vaultQueue = newQueue();
  using policyQueue = newQueue();
  using secretQueue = newQueue();
  using sweepQueue = newQueue();
  const watch = { transport, clock, log, jitter: halfJitter } as const;
  const vaults: ListWatch<SecretVault> = new ListWatch<SecretVault>({
    ...watch,
    resource: secretVaults,
    onChange: (key) => {
      vaultQueue.add(key);
      neighbours.onVault(key);
    },
  });
  const policies: ListWatch<KeyReleasePolicy> = new ListWatch<KeyReleasePolicy>({
    ...watch,
    resource: keyReleasePolicies,
    onChange: (key) => {
      policyQueue.add(key);
      neighbours.onDependent(key, policies);
    },
  });
  const secrets: ListWatch<VaultSecret> = new ListWatch<VaultSecret>({
    ...watch,
    resource: vaultSecrets,
    onChange: (key) => {
      secretQueue.add(key);
      neighbours.onDependent(key, secrets);
    },
  });
  const neighbours = createNeighbours({
    vaults,
    policies,
    secrets,
    policyQueue,
    secretQueue,
    sweepQueue,
  });
  const deps: OperatorDeps = { ...term, epoch, vaults, policies, secrets };
  const closeQueues = () => {
    for (const queue of [vaultQueue, policyQueue, secretQueue, sweepQueue]) {
      queue[Symbol.dispose]();
    }
  };
  signal.addEventListener("abort", closeQueues);
  const run = (kind: string, queue: WorkQueue, reconcile: Reconcile) =>
    runController({ kind, queue, reconcile, concurrency, terminalRetryMs, retryAfterOf, log });
  const watching = [vaults, policies, secrets].map((cache) => cache.run(signal));
  // Nothing is decided on half a picture: an object that is not listed yet would look deleted.
  await Promise.race([
    Promise.all([vaults.synced, policies.synced, secrets.synced]),
    aborted(signal),
  ]);
  await Promise.all([
    ...watching,
    run("SecretVault", vaultQueue, createVaultReconciler(deps)),
    run("KeyReleasePolicy", policyQueue, createPolicyReconciler(deps)),
    run("VaultSecret", secretQueue, createSecretReconciler(deps)),
    run("sweep", sweepQueue, createSweeper(deps)),
  ]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve());
  });
}
