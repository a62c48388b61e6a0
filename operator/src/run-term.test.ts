// SPDX-License-Identifier: Apache-2.0
/** The operator on a real API server with a vault that is real but for its memory. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createVaultClient, type ManageClient, type VaultClient } from "@strongroom/client";
import { silentLog, systemClock } from "@strongroom/core";
import {
  createEventRecorder,
  createKubeClient,
  createKubeTransport,
  type KubeClient,
  type KubeTransport,
  loadKubeConfig,
} from "@strongroom/kube";
import {
  type FakeVault,
  fakeVaultToken,
  startApiServer,
  startFakeVault,
  type TestApiServer,
} from "@strongroom/testing";
import { parse } from "yaml";
import { renderCrds } from "../../packages/api/src/generate-crds.ts";
import { runTerm, type TermDeps } from "./run-term.ts";

const ours = "/apis/strongroom.io/v1alpha1/namespaces";
const certificates = { "infrastructure-ca.crt": "CA\n", "release-root.crt": "ROOT\n" };

let server: TestApiServer;
let transport: KubeTransport;
let vault: FakeVault;
let client: VaultClient;
let namespace: string;
let epoch = 0;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startApiServer();
  transport = createKubeTransport(loadKubeConfig(server.kubeconfig));
  for (const text of renderCrds().values()) {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await server.call("POST", path, parse(text));
  }
  await until(async () => {
    const plurals = ["secretvaults", "keyreleasepolicies", "vaultsecrets"];
    const answers = await Promise.all(
      plurals.map((plural) => server.call("GET", `/apis/strongroom.io/v1alpha1/${plural}`)),
    );
    return answers.every(({ status }) => status === 200);
  });
}, 90_000);

afterAll(async () => {
  transport[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  vault = await startFakeVault();
  client = createVaultClient({
    dial: { host: "127.0.0.1", port: vault.port },
    serverName: vault.serverName,
    ca: () => vault.ca.certificatePem,
    token: () => Promise.resolve(fakeVaultToken),
  });
  namespace = `test-${Math.random().toString(36).slice(2, 10)}`;
  await server.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
});

afterEach(async () => {
  await stopAll();
  for (const plural of ["vaultsecrets", "keyreleasepolicies", "secretvaults"]) {
    const { body } = await server.call("GET", `${ours}/${namespace}/${plural}`);
    for (const { metadata } of body.items) {
      const path = `${ours}/${namespace}/${plural}/${metadata.name}`;
      await server.call("PATCH", path, { metadata: { finalizers: null } });
      await server.call("DELETE", path);
    }
  }
  client[Symbol.dispose]();
  await vault[Symbol.asyncDispose]();
});

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) {
    await stop();
  }
}

interface Wrapped {
  readonly kube?: (kube: KubeClient, die: () => void) => KubeClient;
  readonly manage?: (manage: ManageClient, die: () => void) => ManageClient;
}

/** Starts a term; `die` ends it as abruptly as a promise allows. */
function startTerm({ kube, manage }: Wrapped = {}): Promise<void> {
  const stop = new AbortController();
  const die = () => stop.abort();
  const plain = createKubeClient(transport, "strongroom-operator");
  const term: TermDeps = {
    ...{ transport, clock: systemClock, log: silentLog },
    kube: kube?.(plain, die) ?? plain,
    manage: manage?.(client.manage, die) ?? client.manage,
    record: createEventRecorder({
      ...{ client: plain, clock: systemClock, log: silentLog },
      ...{ controller: "strongroom.io/operator", instance: "test" },
    }),
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
}

const writes = {
  kube: ["create", "apply", "merge", "replace", "remove"],
  manage: ["putVault", "putPolicy", "putSecret"],
} as const;

/** Kills the process at its write `fatal`: an even one is lost, an odd one lands and only its answer is lost. */
function killAtWrite(fatal: number): { readonly wrapped: Wrapped; readonly count: () => number } {
  let count = 0;
  const attempt = async (write: () => Promise<unknown>, die: () => void): Promise<unknown> => {
    count += count < fatal ? 1 : 0;
    if (count < fatal) {
      return await write();
    }
    if (fatal % 2 === 1) {
      await write();
    }
    die();
    throw new Error("the process is dead");
  };
  const wrap = <T extends object>(target: T, names: readonly string[], die: () => void): T =>
    new Proxy(target, {
      get: (from, name) => {
        const method = Reflect.get(from, name) as (...args: unknown[]) => Promise<unknown>;
        return names.includes(String(name))
          ? (...args: unknown[]) => attempt(() => method(...args), die)
          : method;
      },
    });
  const wrapped: Wrapped = {
    kube: (kube, die) => wrap(kube, writes.kube, die),
    manage: (manage, die) => wrap(manage, writes.manage, die),
  };
  return { wrapped, count: () => count };
}

async function until(condition: () => Promise<boolean>, timeoutMs = 25_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error("the condition did not become true");
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const create = (kind: string, plural: string, name: string, spec: object) =>
  server.call("POST", `${ours}/${namespace}/${plural}`, {
    ...{ apiVersion: "strongroom.io/v1alpha1", kind, metadata: { name }, spec },
  });
const createVault = (name = "v") => create("SecretVault", "secretvaults", name, {});
const createSecret = (name: string, spec: object = {}) =>
  create("VaultSecret", "vaultsecrets", name, { vault: "v", generate: {}, ...spec });
const goodPolicy = {
  version: "1.0.0",
  anyOf: [{ authority: "https://a", allOf: [{ claim: "c", equals: "v" }] }],
};
const createPolicy = (name: string, policy: object = goodPolicy) =>
  create("KeyReleasePolicy", "keyreleasepolicies", name, {
    ...{ vault: "v", selector: { kinds: ["secrets"], names: ["*"] }, policy },
  });

const get = async (plural: string, name: string) =>
  (await server.call("GET", `${ours}/${namespace}/${plural}/${name}`)).body;

async function condition(plural: string, name: string, type = "Ready") {
  const { status } = await get(plural, name);
  return status?.conditions?.find((entry: { type: string }) => entry.type === type) ?? {};
}

const becomes = (plural: string, name: string, status: string, reason: string) =>
  until(async () => {
    const ready = await condition(plural, name);
    return ready.status === status && ready.reason === reason;
  });

const isSynced = (plural: string, name: string) => becomes(plural, name, "True", "Synced");

async function allSynced(): Promise<void> {
  await isSynced("secretvaults", "v");
  await isSynced("keyreleasepolicies", "p");
  await isSynced("vaultsecrets", "s");
}

describe("runTerm", () => {
  it("brings a vault with a policy and a secret up, whatever came first", async () => {
    await createSecret("s");
    await createPolicy("p");
    void startTerm();
    await becomes("vaultsecrets", "s", "False", "VaultNotFound");
    await createVault();
    await allSynced();
    const { metadata, status } = await get("secretvaults", "v");
    expect(metadata.finalizers).toEqual(["strongroom.io/finalizer"]);
    expect(status).toMatchObject({ uid: metadata.uid, address: `https://v.${namespace}.svc` });
    const { body: service } = await server.call(
      "GET",
      `/api/v1/namespaces/${namespace}/services/v`,
    );
    expect(service.spec).toMatchObject({
      type: "ExternalName",
      externalName: "strongroom.strongroom-system.svc.cluster.local",
    });
    expect(service.metadata.ownerReferences[0].uid).toBe(metadata.uid);
    const { body: ca } = await server.call(
      "GET",
      `/api/v1/namespaces/${namespace}/configmaps/strongroom-ca`,
    );
    expect(ca.data).toEqual(certificates);
    const record = vault.state.vaults.get(metadata.uid);
    expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
    expect((await get("vaultsecrets", "s")).status.version).toBe(record?.secrets.get("s")?.version);
    expect((await condition("keyreleasepolicies", "p", "Accepted")).status).toBe("True");
  });

  it("writes nothing the second time", async () => {
    await createVault();
    await createPolicy("p");
    await createSecret("s");
    void startTerm();
    await allSynced();
    await stopAll();
    const versions = async () =>
      await Promise.all(
        [
          ["secretvaults", "v"],
          ["keyreleasepolicies", "p"],
          ["vaultsecrets", "s"],
        ].map(
          async ([plural = "", name = ""]) => (await get(plural, name)).metadata.resourceVersion,
        ),
      );
    const before = { versions: await versions(), changes: vault.state.changes() };
    const asked = vault.requests.length;
    void startTerm();
    await until(() => Promise.resolve(vault.requests.length >= asked + 4));
    await stopAll();
    expect({ versions: await versions(), changes: vault.state.changes() }).toEqual(before);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "ends in the same state when it is killed at its write number %d",
    async (fatal) => {
      await createVault();
      await createPolicy("p");
      await createSecret("s");
      const { wrapped, count } = killAtWrite(fatal);
      await startTerm(wrapped);
      expect(count()).toBe(fatal);
      await stopAll();
      const { uid } = (await get("secretvaults", "v")).metadata;
      const version = vault.state.vaults.get(uid)?.secrets.get("s")?.version;
      void startTerm();
      await allSynced();
      const record = vault.state.vaults.get(uid);
      expect([...(record?.policies.keys() ?? [])]).toEqual(["p"]);
      expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
      // A value that was made before the crash is the value after it.
      const after = record?.secrets.get("s")?.version;
      expect(version ?? after).toBe(after);
    },
  );

  it("leaves a foreign Service alone, says so, and takes the name when it is free", async () => {
    const spec = { ports: [{ port: 80 }], selector: { app: "theirs" } };
    const path = `/api/v1/namespaces/${namespace}/services`;
    await server.call("POST", path, { metadata: { name: "v" }, spec });
    await createVault();
    void startTerm();
    await becomes("secretvaults", "v", "False", "AddressConflict");
    expect((await server.call("GET", `${path}/v`)).body.spec.selector).toEqual({ app: "theirs" });
    const { uid } = (await get("secretvaults", "v")).metadata;
    expect(vault.state.vaults.has(uid)).toBe(true);
  });

  it("deletes the vault, then lets the resource go", async () => {
    await createVault();
    void startTerm();
    await isSynced("secretvaults", "v");
    const { uid } = (await get("secretvaults", "v")).metadata;
    await server.call("DELETE", `${ours}/${namespace}/secretvaults/v`);
    await until(async () => (await get("secretvaults", "v")).status === "Failure");
    expect(vault.state.vaults.has(uid)).toBe(false);
    const ca = await server.call("GET", `/api/v1/namespaces/${namespace}/configmaps/strongroom-ca`);
    expect(ca.status).toBe(404);
  });

  it("holds a deleted resource while the vault is away", async () => {
    await createVault();
    void startTerm();
    await isSynced("secretvaults", "v");
    vault.failWith("VaultUnavailable");
    await server.call("DELETE", `${ours}/${namespace}/secretvaults/v`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await get("secretvaults", "v")).metadata.finalizers).toHaveLength(1);
    vault.failWith(undefined);
    await until(async () => (await get("secretvaults", "v")).status === "Failure");
  });

  it("removes policies and secrets whose resources went, also while nobody watched", async () => {
    await createVault();
    await createPolicy("p");
    await createPolicy("q");
    await createSecret("s");
    void startTerm();
    await allSynced();
    await isSynced("keyreleasepolicies", "q");
    const { uid } = (await get("secretvaults", "v")).metadata;
    const record = () => vault.state.vaults.get(uid);
    await server.call("DELETE", `${ours}/${namespace}/keyreleasepolicies/p`);
    await until(() => Promise.resolve(record()?.policies.has("p") === false));
    await stopAll();
    await server.call("DELETE", `${ours}/${namespace}/keyreleasepolicies/q`);
    await server.call("DELETE", `${ours}/${namespace}/vaultsecrets/s`);
    void startTerm();
    await until(() =>
      Promise.resolve(record()?.policies.size === 0 && record()?.secrets.size === 0),
    );
  });

  it("says what is wrong with a policy, a name and a vault that is away", async () => {
    await createVault();
    void startTerm();
    await isSynced("secretvaults", "v");
    await createPolicy("bad", { anyOf: [{ authority: "https://a" }] });
    await becomes("keyreleasepolicies", "bad", "False", "BadParameter");
    expect(await condition("keyreleasepolicies", "bad", "Accepted")).toMatchObject({
      status: "False",
      reason: "InvalidPolicy",
      message: expect.stringContaining("spec.policy.anyOf.0"),
    });
    const { uid } = (await get("secretvaults", "v")).metadata;
    vault.state.plantSecret(uid, "taken");
    await createSecret("taken");
    await becomes("vaultsecrets", "taken", "False", "NameInUse");
    vault.failWith("HsmUnavailable");
    await createSecret("later");
    await becomes("vaultsecrets", "later", "False", "HsmUnavailable");
    vault.failWith(undefined);
    await isSynced("vaultsecrets", "later");
  });

  it("makes a new, empty vault of a resource that was made anew under an old name", async () => {
    await createVault();
    await createSecret("s");
    void startTerm();
    await isSynced("vaultsecrets", "s");
    const old = (await get("secretvaults", "v")).metadata.uid;
    const version = vault.state.vaults.get(old)?.secrets.get("s")?.version;
    await server.call("DELETE", `${ours}/${namespace}/secretvaults/v`);
    await until(async () => (await get("secretvaults", "v")).status === "Failure");
    await server.call("DELETE", `/api/v1/namespaces/${namespace}/services/v`);
    await createVault();
    await until(async () => {
      const { status } = await get("vaultsecrets", "s");
      return (
        status?.version !== version && (await condition("vaultsecrets", "s")).status === "True"
      );
    });
    const { uid } = (await get("secretvaults", "v")).metadata;
    expect(uid).not.toBe(old);
    expect(vault.state.vaults.get(uid)?.secrets.has("s")).toBe(true);
  });

  it("writes events that kubectl describe shows", async () => {
    await createVault();
    void startTerm();
    await isSynced("secretvaults", "v");
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const reasons = async () =>
      (await server.call("GET", path)).body.items.map((item: { reason: string }) => item.reason);
    await until(async () => (await reasons()).includes("Synced"));
    expect(await reasons()).toContain("Created");
  });
});
