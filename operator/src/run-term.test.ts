// SPDX-License-Identifier: Apache-2.0
/** The operator on a real API server with a vault that is real but for its memory: what it brings about. */

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
import {
  certificates,
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

describe("runTerm", () => {
  it("brings a vault with a policy and a secret up, whatever came first", async () => {
    await world.createSecret("s");
    await world.createPolicy("p");
    void world.startTerm();
    await world.becomes("vaultsecrets", "s", "False", "VaultNotFound");
    await world.createVault();
    await world.allSynced();
    const { metadata, status } = await world.get("secretvaults", "v");
    expect(metadata.finalizers).toEqual(["strongroom.io/finalizer"]);
    expect(status).toMatchObject({
      uid: metadata.uid,
      address: `https://v.${world.namespace}.svc`,
    });
    const { body: service } = await world.core("services/v");
    expect(service.spec).toMatchObject({
      type: "ExternalName",
      externalName: "strongroom.strongroom-system.svc.cluster.local",
    });
    expect(service.metadata.ownerReferences[0].uid).toBe(metadata.uid);
    const { body: ca } = await world.core("configmaps/strongroom-ca");
    expect(ca.data).toEqual(certificates);
    const record = vault.state.vaults.get(metadata.uid);
    expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
    expect((await world.get("vaultsecrets", "s")).status.version).toBe(
      record?.secrets.get("s")?.version,
    );
    expect((await world.condition("keyreleasepolicies", "p", "Accepted")).status).toBe("True");
  });

  it("leaves a foreign Service alone, says so, and takes the name when it is free", async () => {
    const spec = { ports: [{ port: 80 }], selector: { app: "theirs" } };
    const path = `/api/v1/namespaces/${world.namespace}/services`;
    await server.call("POST", path, { metadata: { name: "v" }, spec });
    await world.createVault();
    void world.startTerm();
    await world.becomes("secretvaults", "v", "False", "AddressConflict");
    expect((await server.call("GET", `${path}/v`)).body.spec.selector).toEqual({ app: "theirs" });
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    expect(vault.state.vaults.has(uid)).toBe(true);
    await server.call("DELETE", `${path}/v`);
    await world.stopAll();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
  });

  it("says what is wrong with a policy, a name and a vault that is away", async () => {
    await world.createVault();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
    await world.createPolicy("bad", { anyOf: [{ authority: "https://a" }] });
    await world.becomes("keyreleasepolicies", "bad", "False", "BadParameter");
    expect(await world.condition("keyreleasepolicies", "bad", "Accepted")).toMatchObject({
      status: "False",
      reason: "InvalidPolicy",
      message: expect.stringContaining("spec.policy.anyOf.0"),
    });
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    vault.state.plantSecret(uid, "taken");
    await world.createSecret("taken");
    await world.becomes("vaultsecrets", "taken", "False", "NameInUse");
    vault.failWith("HsmUnavailable");
    await world.createSecret("later");
    await world.becomes("vaultsecrets", "later", "False", "HsmUnavailable");
    vault.failWith(undefined);
    await world.isSynced("vaultsecrets", "later");
  });

  it("says how far a certificate has come, and is ready when it is issued", async () => {
    await world.createVault();
    await world.createKey("k");
    await world.createCertificate("c");
    vault.state.issue("inProgress");
    void world.startTerm();
    await world.isSynced("vaultkeys", "k");
    await world.becomes("vaultcertificates", "c", "False", "Issuing");
    vault.state.issue("failed");
    await world.becomes("vaultcertificates", "c", "False", "NotIssued");
    vault.state.issue("completed");
    await world.isSynced("vaultcertificates", "c");
    const { uid } = (await world.get("secretvaults", "v")).metadata;
    const held = vault.state.vaults.get(uid);
    expect((await world.get("vaultcertificates", "c")).status.version).toBe(
      held?.certificates.get("c")?.version,
    );
    expect(held?.keys.get("k")?.request).toMatchObject({ key: { kty: "EC" } });
  });

  it("writes events that kubectl describe shows", async () => {
    await world.createVault();
    void world.startTerm();
    await world.isSynced("secretvaults", "v");
    const path = `/apis/events.k8s.io/v1/namespaces/${world.namespace}/events`;
    const reasons = async () =>
      (await server.call("GET", path)).body.items.map((item: { reason: string }) => item.reason);
    await until(async () => (await reasons()).includes("Synced"));
    expect(await reasons()).toContain("Created");
  });
});
