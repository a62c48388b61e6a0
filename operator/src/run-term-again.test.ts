// SPDX-License-Identifier: Apache-2.0
/** The operator that starts again: after a crash, after a deletion, and with nothing to do. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createVaultClient, type VaultClient } from "@strongroom/client";
import { createKubeTransport, type KubeTransport, loadKubeConfig } from "@strongroom/kube";
import {
  type FakeVault,
  fakeVaultToken,
  startApiServer,
  startFakeVault,
  type TestApiServer,
} from "@strongroom/testing";
import { killAtWrite } from "./__fixtures__/kill-at-write.ts";
import {
  createOperatorWorld,
  installCrds,
  type OperatorWorld,
  until,
} from "./__fixtures__/operator-world.ts";

let server: TestApiServer;
let transport: KubeTransport;
let vault: FakeVault;
let client: VaultClient;
let world: OperatorWorld;

beforeAll(async () => {
  server = await startApiServer();
  transport = createKubeTransport(loadKubeConfig(server.kubeconfig));
  await installCrds(server.call);
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
  world = await createOperatorWorld({ call: server.call, transport, manage: client.manage });
});

afterEach(async () => {
  await world.stopAll();
  await world.clear();
  client[Symbol.dispose]();
  await vault[Symbol.asyncDispose]();
});

describe("runTerm, once more", () => {
  it("writes nothing the second time", async () => {
    await world.createVault();
    await world.createPolicy("p");
    await world.createSecret("s");
    await world.createKey("k");
    await world.createCertificate("c");
    void world.startTerm();
    await world.allSynced();
    await world.isSynced("vaultkeys", "k");
    await world.isSynced("vaultcertificates", "c");
    await world.stopAll();
    const versions = async () =>
      await Promise.all(
        [
          ["secretvaults", "v"],
          ["keyreleasepolicies", "p"],
          ["vaultsecrets", "s"],
          ["vaultkeys", "k"],
          ["vaultcertificates", "c"],
        ].map(
          async ([plural = "", name = ""]) =>
            (await world.get(plural, name)).metadata.resourceVersion,
        ),
      );
    const before = { versions: await versions(), changes: vault.state.changes() };
    const asked = vault.requests.length;
    void world.startTerm();
    await until(() => Promise.resolve(vault.requests.length >= asked + 7));
    await world.stopAll();
    expect({ versions: await versions(), changes: vault.state.changes() }).toEqual(before);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "ends in the same state when it is killed at its write number %d",
    async (fatal) => {
      await world.createVault();
      await world.createPolicy("p");
      await world.createSecret("s");
      const { faults, count } = killAtWrite(fatal);
      await world.startTerm(faults);
      expect(count()).toBe(fatal);
      await world.stopAll();
      const { uid } = (await world.get("secretvaults", "v")).metadata;
      const version = vault.state.vaults.get(uid)?.secrets.get("s")?.version;
      void world.startTerm();
      await world.allSynced();
      const record = vault.state.vaults.get(uid);
      expect([...(record?.policies.keys() ?? [])]).toEqual(["p"]);
      expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
      // A value that was made before the crash is the value after it.
      const after = record?.secrets.get("s")?.version;
      expect(version ?? after).toBe(after);
    },
  );

  it("deletes the vault, then lets the resource go", async () => {
    await world.createVault();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    await world.remove("secretvaults", "v");
    await until(() => world.isGone("secretvaults", "v"));
    expect(vault.state.vaults.has(uid)).toBe(false);
    const ca = await world.core("configmaps/strongroom-ca");
    expect(ca.status).toBe(404);
  });

  it("holds a deleted resource while the vault is away", async () => {
    await world.createVault();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
    vault.failWith("VaultUnavailable");
    await world.remove("secretvaults", "v");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await world.get("secretvaults", "v")).metadata.finalizers).toHaveLength(1);
    vault.failWith(undefined);
    await until(() => world.isGone("secretvaults", "v"));
  });

  it("removes policies and secrets whose resources went, also while nobody watched", async () => {
    await world.createVault();
    await world.createPolicy("p");
    await world.createPolicy("q");
    await world.createSecret("s");
    await world.createKey("k");
    await world.createCertificate("c");
    void world.startTerm();
    await world.allSynced();
    await world.isSynced("keyreleasepolicies", "q");
    await world.isSynced("vaultkeys", "k");
    await world.isSynced("vaultcertificates", "c");
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    const record = () => vault.state.vaults.get(uid);
    await world.remove("keyreleasepolicies", "p");
    await until(() => Promise.resolve(record()?.policies.has("p") === false));
    await world.stopAll();
    await world.remove("keyreleasepolicies", "q");
    await world.remove("vaultsecrets", "s");
    await world.remove("vaultkeys", "k");
    await world.remove("vaultcertificates", "c");
    void world.startTerm();
    await until(() =>
      Promise.resolve(
        [record()?.policies, record()?.secrets, record()?.keys, record()?.certificates].every(
          (held) => held?.size === 0,
        ),
      ),
    );
  });

  it("deletes a vault whose resource was let go while nobody watched", async () => {
    await world.createVault();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    await world.stopAll();
    await world.clear();
    expect(vault.state.vaults.has(uid)).toBe(true);
    void world.startTerm();
    await until(() => Promise.resolve(!vault.state.vaults.has(uid)));
  });

  it("brings back the vault that a new resource recovers, with what is in it", async () => {
    await world.createVault({ recover: "vault-of-old" });
    await world.createSecret("s");
    void world.startTerm();
    await world.isSynced("vaultsecrets", "s");
    const { metadata, status } = await world.get("secretvaults", "v");
    expect(status.uid).toBe("vault-of-old");
    const record = vault.state.vaults.get("vault-of-old");
    expect(record?.spec.owner).toEqual({ uid: metadata.uid });
    expect(record?.secrets.has("s")).toBe(true);
  });

  it("makes a new, empty vault of a resource that was made anew under an old name", async () => {
    await world.createVault();
    await world.createSecret("s");
    void world.startTerm();
    await world.isSynced("vaultsecrets", "s");
    const old = (await world.get("secretvaults", "v")).metadata.uid;
    const version = vault.state.vaults.get(old)?.secrets.get("s")?.version;
    await world.remove("secretvaults", "v");
    await until(() => world.isGone("secretvaults", "v"));
    await server.call("DELETE", `/api/v1/namespaces/${world.namespace}/services/v`);
    await world.createVault();
    await until(async () => {
      const { status } = await world.get("vaultsecrets", "s");
      return (
        status?.version !== version &&
        (await world.condition("vaultsecrets", "s")).status === "True"
      );
    });
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    expect(uid).not.toBe(old);
    expect(vault.state.vaults.get(uid)?.secrets.has("s")).toBe(true);
  });
});
