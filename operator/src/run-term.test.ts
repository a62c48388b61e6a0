// SPDX-License-Identifier: Apache-2.0
/** The operator on a real API server with a vault that is real but for its memory: what it brings about. */

import { describe, expect, it } from "@jest/globals";
import { certificates, until } from "./__fixtures__/operator-world.ts";
import { useOperator } from "./__fixtures__/use-operator.ts";

const operator = useOperator();

describe("runTerm", () => {
  it("brings a vault with a policy and a secret up, whatever came first", async () => {
    await operator.world.createSecret("s");
    await operator.world.createPolicy("p");
    void operator.world.startTerm();
    await operator.world.becomes("vaultsecrets", "s", "False", "VaultNotFound");
    await operator.world.createVault();
    await operator.world.allSynced();
    const { metadata, status } = await operator.world.get("secretvaults", "v");
    expect(metadata.finalizers).toEqual(["strongroom.io/finalizer"]);
    expect(status).toMatchObject({
      uid: metadata.uid,
      address: `https://v.${operator.world.namespace}.svc`,
    });
    const { body: service } = await operator.world.core("services/v");
    expect(service.spec).toMatchObject({
      type: "ExternalName",
      externalName: "strongroom.strongroom-system.svc.cluster.local",
    });
    expect(service.metadata.ownerReferences[0].uid).toBe(metadata.uid);
    const { body: ca } = await operator.world.core("configmaps/strongroom-ca");
    expect(ca.data).toEqual(certificates);
    const record = operator.vault.state.vaults.get(metadata.uid);
    expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
    expect((await operator.world.get("vaultsecrets", "s")).status.version).toBe(
      record?.secrets.get("s")?.version,
    );
    expect((await operator.world.condition("keyreleasepolicies", "p", "Accepted")).status).toBe(
      "True",
    );
  });

  it("leaves a foreign Service alone, says so, and takes the name when it is free", async () => {
    const spec = { ports: [{ port: 80 }], selector: { app: "theirs" } };
    const path = `/api/v1/namespaces/${operator.world.namespace}/services`;
    await operator.server.call("POST", path, { metadata: { name: "v" }, spec });
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.becomes("secretvaults", "v", "False", "AddressConflict");
    expect((await operator.server.call("GET", `${path}/v`)).body.spec.selector).toEqual({
      app: "theirs",
    });
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    expect(operator.vault.state.vaults.has(uid)).toBe(true);
    await operator.server.call("DELETE", `${path}/v`);
    await operator.world.stopAll();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
  });

  it("says what is wrong with a policy, a name and a vault that is away", async () => {
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
    await operator.world.createPolicy("bad", { anyOf: [{ authority: "https://a" }] });
    await operator.world.becomes("keyreleasepolicies", "bad", "False", "BadParameter");
    expect(await operator.world.condition("keyreleasepolicies", "bad", "Accepted")).toMatchObject({
      status: "False",
      reason: "InvalidPolicy",
      message: expect.stringContaining("spec.policy.anyOf.0"),
    });
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    operator.vault.state.plantSecret(uid, "taken");
    await operator.world.createSecret("taken");
    await operator.world.becomes("vaultsecrets", "taken", "False", "NameInUse");
    operator.vault.failWith("HsmUnavailable");
    await operator.world.createSecret("later");
    await operator.world.becomes("vaultsecrets", "later", "False", "HsmUnavailable");
    operator.vault.failWith(undefined);
    await operator.world.isSynced("vaultsecrets", "later");
  });

  it("says how far a certificate has come, and is ready when it is issued", async () => {
    await operator.world.createVault();
    await operator.world.createKey("k");
    await operator.world.createCertificate("c");
    operator.vault.state.issue("inProgress");
    void operator.world.startTerm();
    await operator.world.isSynced("vaultkeys", "k");
    await operator.world.becomes("vaultcertificates", "c", "False", "Issuing");
    operator.vault.state.issue("failed");
    await operator.world.becomes("vaultcertificates", "c", "False", "NotIssued");
    operator.vault.state.issue("completed");
    await operator.world.isSynced("vaultcertificates", "c");
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    const held = operator.vault.state.vaults.get(uid);
    expect((await operator.world.get("vaultcertificates", "c")).status.version).toBe(
      held?.certificates.get("c")?.version,
    );
    expect(held?.keys.get("k")?.request).toMatchObject({ key: { kty: "EC" } });
  });

  it("writes events that kubectl describe shows", async () => {
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
    const path = `/apis/events.k8s.io/v1/namespaces/${operator.world.namespace}/events`;
    const reasons = async () =>
      (await operator.server.call("GET", path)).body.items.map(
        (item: { reason: string }) => item.reason,
      );
    await until(async () => (await reasons()).includes("Synced"));
    expect(await reasons()).toContain("Created");
  });
});
