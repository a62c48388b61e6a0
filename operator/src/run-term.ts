// SPDX-License-Identifier: Apache-2.0
/** One term as leader: caches, queues and reconcilers, from the first list until the lease is lost or given up. */

import type { ManageClient } from "@strongroom/client";
import { retryAfterOf } from "@strongroom/client";
import { type Clock, halfJitter, type Log } from "@strongroom/core";
import {
  type KubeClient,
  type KubeObject,
  type KubeTransport,
  type Leadership,
  ListWatch,
  type Reconcile,
  type RecordEvent,
  type Resource,
  runController,
  WorkQueue,
} from "@strongroom/kube";
import { authorityKey, createAuthorityReconciler } from "./attestation/reconcile-authority.ts";
import { allNodes, createNodeShower } from "./attestation/show-nodes.ts";
import { createPolicyReconciler } from "./key-release-policy/reconcile-policy.ts";
import { createNeighbours, type DependentCache } from "./neighbours.ts";
import type { OperatorDeps } from "./operator-deps.ts";
import {
  type AttestationAuthority,
  type AttestedNode,
  attestationAuthorities,
  attestedNodes,
  type KeyReleasePolicy,
  keyReleasePolicies,
  type SecretVault,
  secretVaults,
  type VaultCertificate,
  type VaultKey,
  type VaultSecret,
  vaultCertificates,
  vaultKeys,
  vaultSecrets,
} from "./resource.ts";
import { createVaultReconciler } from "./secret-vault/reconcile-vault.ts";
import { createSweeper } from "./sweep.ts";
import { allVaults, createVaultSweeper } from "./sweep-vaults.ts";
import { createCertificateReconciler } from "./vault-certificate/reconcile-certificate.ts";
import { createKeyReconciler } from "./vault-key/reconcile-key.ts";
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
  const queues = createQueues(term.clock);
  const caches = createCaches(term, queues);
  const deps: OperatorDeps = { ...term, epoch, ...caches };
  const watching = Object.values(caches).map((cache) => cache.run(signal));
  // Nothing is decided on half a picture: an object that is not listed yet would look deleted.
  const synced = Promise.all(Object.values(caches).map((cache) => cache.synced));
  await Promise.race([synced, ...watching]);
  queues.vaultSweeps.add(allVaults);
  queues.authorities.add(authorityKey);
  queues.attestedNodes.add(allNodes);
  const closing = untilAborted(signal).then(() => {
    for (const queue of Object.values(queues)) {
      queue[Symbol.dispose]();
    }
  });
  await Promise.all([...watching, closing, ...runControllers(deps, queues)]);
}

type Queues = Readonly<Record<keyof Caches | "sweeps" | "vaultSweeps", WorkQueue>>;

interface Caches {
  readonly authorities: ListWatch<AttestationAuthority>;
  readonly attestedNodes: ListWatch<AttestedNode>;
  readonly vaults: ListWatch<SecretVault>;
  readonly policies: ListWatch<KeyReleasePolicy>;
  readonly secrets: ListWatch<VaultSecret>;
  readonly keys: ListWatch<VaultKey>;
  readonly certificates: ListWatch<VaultCertificate>;
}

function createQueues(clock: Clock): Queues {
  const create = () => new WorkQueue({ clock, jitter: halfJitter, backoff });
  return {
    authorities: create(),
    attestedNodes: create(),
    vaults: create(),
    policies: create(),
    secrets: create(),
    keys: create(),
    certificates: create(),
    sweeps: create(),
    vaultSweeps: create(),
  };
}

function createCaches({ transport, clock, log }: TermDeps, queues: Queues): Caches {
  const watch = <T extends KubeObject>(resource: Resource, onChange: (key: string) => void) =>
    new ListWatch<T>({ transport, clock, log, jitter: halfJitter, resource, onChange });
  const dependent = <T extends KubeObject>(resource: Resource, kind: DependentCache) =>
    watch<T>(resource, (key) => {
      queues[kind].add(key);
      neighbours.onDependent(key, kind);
    });
  const caches: Caches = {
    authorities: watch(attestationAuthorities, (key) => queues.authorities.add(key)),
    // Nothing follows from what is shown.
    attestedNodes: watch(attestedNodes, () => undefined),
    vaults: watch(secretVaults, (key) => {
      queues.vaults.add(key);
      neighbours.onVault(key);
    }),
    policies: dependent(keyReleasePolicies, "policies"),
    secrets: dependent(vaultSecrets, "secrets"),
    keys: dependent(vaultKeys, "keys"),
    certificates: dependent(vaultCertificates, "certificates"),
  };
  const neighbours = createNeighbours(caches, queues);
  return caches;
}

function runControllers(deps: OperatorDeps, queues: Queues): readonly Promise<void>[] {
  const { log } = deps;
  const run = (kind: string, queue: WorkQueue, reconcile: Reconcile) =>
    runController({ kind, queue, reconcile, concurrency, terminalRetryMs, retryAfterOf, log });
  return [
    run("AttestationAuthority", queues.authorities, createAuthorityReconciler(deps)),
    run("AttestedNode", queues.attestedNodes, createNodeShower(deps)),
    run("SecretVault", queues.vaults, createVaultReconciler(deps)),
    run("KeyReleasePolicy", queues.policies, createPolicyReconciler(deps)),
    run("VaultSecret", queues.secrets, createSecretReconciler(deps)),
    run("VaultKey", queues.keys, createKeyReconciler(deps)),
    run("VaultCertificate", queues.certificates, createCertificateReconciler(deps)),
    run("sweep", queues.sweeps, createSweeper(deps)),
    run("sweep of vaults", queues.vaultSweeps, createVaultSweeper(deps)),
  ];
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve());
  });
}
