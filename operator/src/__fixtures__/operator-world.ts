// SPDX-License-Identifier: Apache-2.0
/** A namespace of a real API server with an operator in it, and what tests ask of both. */

import type { ManageClient } from "@strongroom/client";
import { silentLog, systemClock } from "@strongroom/core";
import {
  createEventRecorder,
  createKubeClient,
  type KubeClient,
  type KubeTransport,
} from "@strongroom/kube";
import { parse } from "yaml";
import { renderCrds } from "../../../packages/api/src/generate-crds.ts";
import { runTerm, type TermDeps } from "../run-term.ts";

/** A call to the API server as its administrator. */
export type Call = (
  method: string,
  path: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever the API answers
) => Promise<{ readonly status: number; readonly body: any }>;

/** What the world is made of. */
export interface WorldParts {
  readonly call: Call;
  readonly transport: KubeTransport;
  readonly manage: ManageClient;
}

/** Puts something between an operator and its clients; `die` ends the term. */
export interface TermFaults {
  readonly kube?: (kube: KubeClient, die: () => void) => KubeClient;
  readonly manage?: (manage: ManageClient, die: () => void) => ManageClient;
}

/** The installation's certificates. */
export const certificates = { "infrastructure-ca.crt": "CA\n", "release-root.crt": "ROOT\n" };

const goodPolicy = {
  version: "1.0.0",
  anyOf: [{ authority: "https://a", allOf: [{ claim: "c", equals: "v" }] }],
};
const plurals = [
  "vaultsecrets",
  "vaultkeys",
  "vaultcertificates",
  "keyreleasepolicies",
  "secretvaults",
];
// Epochs rise over all terms of a test file, as the lease's transitions do.
let epoch = 0;

/** Waits for something to become true. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error("the condition did not become true");
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Installs the custom resources and waits until they are served. */
export async function installCrds(call: Call): Promise<void> {
  for (const text of renderCrds().values()) {
    await call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", parse(text));
  }
  await until(async () => {
    const paths = plurals.map((plural) => `/apis/strongroom.io/v1alpha1/${plural}`);
    const answers = await Promise.all(paths.map((path) => call("GET", path)));
    return answers.every(({ status }) => status === 200);
  });
}

/** A namespace of its own; its vault is always `v`. */
export type OperatorWorld = Awaited<ReturnType<typeof createOperatorWorld>>;

/** Makes a namespace. */
export async function createOperatorWorld(parts: WorldParts) {
  const { call } = parts;
  const namespace = `test-${Math.random().toString(36).slice(2, 10)}`;
  await call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  const pathOf = (plural: string, name = "") =>
    `/apis/strongroom.io/v1alpha1/namespaces/${namespace}/${plural}/${name}`;
  const get = async (plural: string, name: string) =>
    (await call("GET", pathOf(plural, name))).body;
  const condition = async (plural: string, name: string, type = "Ready") => {
    const { status } = await get(plural, name);
    return status?.conditions?.find((entry: { type: string }) => entry.type === type) ?? {};
  };
  const becomes = (plural: string, name: string, status: string, reason: string) =>
    until(async () => {
      const ready = await condition(plural, name);
      return ready.status === status && ready.reason === reason;
    });
  const isSynced = (plural: string, name: string) => becomes(plural, name, "True", "Synced");
  return {
    namespace,
    ...{ get, condition, becomes, isSynced },
    ...createWriters(call, pathOf),
    ...createTerms(parts),
    /** An object of the core API in this namespace. */
    core: (path: string) => call("GET", `/api/v1/namespaces/${namespace}/${path}`),
    remove: (plural: string, name: string) => call("DELETE", pathOf(plural, name)),
    isGone: async (plural: string, name: string) => (await get(plural, name)).status === "Failure",
    allSynced: async () => {
      await isSynced("secretvaults", "v");
      await isSynced("keyreleasepolicies", "p");
      await isSynced("vaultsecrets", "s");
    },
    /** Deletes all resources, finalizers or not. */
    clear: async () => {
      for (const plural of plurals) {
        const { items } = (await call("GET", pathOf(plural))).body;
        for (const { metadata } of items) {
          const path = pathOf(plural, metadata.name);
          await call("PATCH", path, { metadata: { finalizers: null } });
          await call("DELETE", path);
        }
      }
    },
  };
}

function createWriters(call: Call, pathOf: (plural: string) => string) {
  const create = (kind: string, plural: string, name: string, spec: object) =>
    call("POST", pathOf(plural), {
      ...{ apiVersion: "strongroom.io/v1alpha1", kind, metadata: { name }, spec },
    });
  return {
    createVault: (spec: object = {}) => create("SecretVault", "secretvaults", "v", spec),
    createSecret: (name: string) =>
      create("VaultSecret", "vaultsecrets", name, { vault: "v", generate: {} }),
    createKey: (name: string, spec: object = { kty: "EC" }) =>
      create("VaultKey", "vaultkeys", name, { vault: "v", ...spec }),
    createCertificate: (name: string) =>
      create("VaultCertificate", "vaultcertificates", name, {
        vault: "v",
        policy: { x509Properties: { subject: "CN=v" }, issuer: { name: "Self" } },
      }),
    createPolicy: (name: string, policy: object = goodPolicy) =>
      create("KeyReleasePolicy", "keyreleasepolicies", name, {
        ...{ vault: "v", selector: { kinds: ["secrets"], names: ["*"] }, policy },
      }),
  };
}

function createTerms({ transport, manage }: WorldParts) {
  const stops: (() => Promise<void>)[] = [];
  const kube = createKubeClient(transport, "strongroom-operator");
  const surroundings = { clock: systemClock, log: silentLog };
  const controller = { controller: "strongroom.io/operator", instance: "test" };
  const record = createEventRecorder({ client: kube, ...surroundings, ...controller });
  return {
    /** Starts a term; resolves when it is over. */
    startTerm: (faults: TermFaults = {}): Promise<void> => {
      const stop = new AbortController();
      const die = () => stop.abort();
      const term: TermDeps = {
        ...{ transport, record, ...surroundings },
        kube: faults.kube?.(kube, die) ?? kube,
        manage: faults.manage?.(manage, die) ?? manage,
        readCertificates: () => Promise.resolve(certificates),
        installationHost: "strongroom.strongroom-system.svc.cluster.local",
      };
      epoch += 1;
      const over = runTerm(term, { epoch, signal: stop.signal });
      stops.push(async () => {
        stop.abort();
        await over;
      });
      return over;
    },
    /** Ends every term and waits for it. */
    stopAll: async () => {
      for (const stop of stops.splice(0)) {
        await stop();
      }
    },
  };
}
