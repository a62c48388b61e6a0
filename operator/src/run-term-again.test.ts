// SPDX-License-Identifier: Apache-2.0
/** The operator that starts again: after a crash, after a deletion, and with nothing to do. */

import { describe, expect, it } from "@jest/globals";
import { killAtWrite } from "./__fixtures__/kill-at-write.ts";
import { until } from "./__fixtures__/operator-world.ts";
import { useOperator } from "./__fixtures__/use-operator.ts";

const operator = useOperator();

describe("runTerm, once more", () => {
  it("writes nothing the second time", async () => {
    await operator.world.createVault();
    await operator.world.createPolicy("p");
    await operator.world.createSecret("s");
    await operator.world.createKey("k");
    await operator.world.createCertificate("c");
    void operator.world.startTerm();
    await operator.world.allSynced();
    await operator.world.isSynced("vaultkeys", "k");
    await operator.world.isSynced("vaultcertificates", "c");
    await operator.world.stopAll();
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
            (await operator.world.get(plural, name)).metadata.resourceVersion,
        ),
      );
    const before = { versions: await versions(), changes: operator.vault.state.changes() };
    const asked = operator.vault.requests.length;
    void operator.world.startTerm();
    await until(() => Promise.resolve(operator.vault.requests.length >= asked + 7));
    await operator.world.stopAll();
    expect({ versions: await versions(), changes: operator.vault.state.changes() }).toEqual(before);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "ends in the same state when it is killed at its write number %d",
    async (fatal) => {
      await operator.world.createVault();
      await operator.world.createPolicy("p");
      await operator.world.createSecret("s");
      const { faults, count } = killAtWrite(fatal);
      await operator.world.startTerm(faults);
      expect(count()).toBe(fatal);
      await operator.world.stopAll();
      const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
      const version = operator.vault.state.vaults.get(uid)?.secrets.get("s")?.version;
      void operator.world.startTerm();
      await operator.world.allSynced();
      const record = operator.vault.state.vaults.get(uid);
      expect([...(record?.policies.keys() ?? [])]).toEqual(["p"]);
      expect([...(record?.secrets.keys() ?? [])]).toEqual(["s"]);
      // A value that was made before the crash is the value after it.
      const after = record?.secrets.get("s")?.version;
      expect(version ?? after).toBe(after);
    },
  );

  it("deletes the vault, then lets the resource go", async () => {
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    await operator.world.remove("secretvaults", "v");
    await until(() => operator.world.isGone("secretvaults", "v"));
    expect(operator.vault.state.vaults.has(uid)).toBe(false);
    const ca = await operator.world.core("configmaps/strongroom-ca");
    expect(ca.status).toBe(404);
  });

  it("holds a deleted resource while the vault is away", async () => {
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
    operator.vault.failWith("VaultUnavailable");
    await operator.world.remove("secretvaults", "v");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await operator.world.get("secretvaults", "v")).metadata.finalizers).toHaveLength(1);
    operator.vault.failWith(undefined);
    await until(() => operator.world.isGone("secretvaults", "v"));
  });

  it("removes policies and secrets whose resources went, also while nobody watched", async () => {
    await operator.world.createVault();
    await operator.world.createPolicy("p");
    await operator.world.createPolicy("q");
    await operator.world.createSecret("s");
    await operator.world.createKey("k");
    await operator.world.createCertificate("c");
    void operator.world.startTerm();
    await operator.world.allSynced();
    await operator.world.isSynced("keyreleasepolicies", "q");
    await operator.world.isSynced("vaultkeys", "k");
    await operator.world.isSynced("vaultcertificates", "c");
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    const record = () => operator.vault.state.vaults.get(uid);
    await operator.world.remove("keyreleasepolicies", "p");
    await until(() => Promise.resolve(record()?.policies.has("p") === false));
    await operator.world.stopAll();
    await operator.world.remove("keyreleasepolicies", "q");
    await operator.world.remove("vaultsecrets", "s");
    await operator.world.remove("vaultkeys", "k");
    await operator.world.remove("vaultcertificates", "c");
    void operator.world.startTerm();
    await until(() =>
      Promise.resolve(
        [record()?.policies, record()?.secrets, record()?.keys, record()?.certificates].every(
          (held) => held?.size === 0,
        ),
      ),
    );
  });

  it("deletes a vault whose resource was let go while nobody watched", async () => {
    await operator.world.createVault();
    void operator.world.startTerm();
    await operator.world.isSynced("secretvaults", "v");
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    await operator.world.stopAll();
    await operator.world.clear();
    expect(operator.vault.state.vaults.has(uid)).toBe(true);
    void operator.world.startTerm();
    await until(() => Promise.resolve(!operator.vault.state.vaults.has(uid)));
  });

  it("brings back the vault that a new resource recovers, with what is in it", async () => {
    await operator.world.createVault({ recover: "vault-of-old" });
    await operator.world.createSecret("s");
    void operator.world.startTerm();
    await operator.world.isSynced("vaultsecrets", "s");
    const { metadata, status } = await operator.world.get("secretvaults", "v");
    expect(status.uid).toBe("vault-of-old");
    const record = operator.vault.state.vaults.get("vault-of-old");
    expect(record?.spec.owner).toEqual({ uid: metadata.uid });
    expect(record?.secrets.has("s")).toBe(true);
  });

  it("makes a new, empty vault of a resource that was made anew under an old name", async () => {
    await operator.world.createVault();
    await operator.world.createSecret("s");
    void operator.world.startTerm();
    await operator.world.isSynced("vaultsecrets", "s");
    const old = (await operator.world.get("secretvaults", "v")).metadata.uid;
    const version = operator.vault.state.vaults.get(old)?.secrets.get("s")?.version;
    await operator.world.remove("secretvaults", "v");
    await until(() => operator.world.isGone("secretvaults", "v"));
    await operator.server.call(
      "DELETE",
      `/api/v1/namespaces/${operator.world.namespace}/services/v`,
    );
    await operator.world.createVault();
    await until(async () => {
      const { status } = await operator.world.get("vaultsecrets", "s");
      return (
        status?.version !== version &&
        (await operator.world.condition("vaultsecrets", "s")).status === "True"
      );
    });
    const { uid } = (await operator.world.get("secretvaults", "v")).metadata;
    expect(uid).not.toBe(old);
    expect(operator.vault.state.vaults.get(uid)?.secrets.has("s")).toBe(true);
  });
});
