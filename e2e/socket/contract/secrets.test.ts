// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-secrets`. */

import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type AzureVaults, mainVault, startAzureVaults } from "./azure-vault.ts";
import { all, describeContract, type MethodContract, refusalOf, watch } from "./contract.ts";

let vaults: AzureVaults;
beforeAll(async () => {
  vaults = await startAzureVaults({
    protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
  });
});
afterAll(async () => {
  await vaults[Symbol.asyncDispose]();
});

const clientOf = (subject: string, vault?: string) => {
  const { url, credential, options } = vaults.argumentsOf(subject, vault);
  return watch(new SecretClient(url, credential, options));
};
const officer = () => clientOf("officer");
const nobody = () => clientOf("nobody");
const poll = { intervalInMs: 50 };

/** A fresh secret of three versions, the last of which is `three`. */
async function makeSecret(name: string): Promise<string[]> {
  const versions: string[] = [];
  for (const value of ["one", "two", "three"]) {
    versions.push((await officer().setSecret(name, value)).properties.version ?? "");
  }
  return versions;
}

async function deleteSecret(name: string, vault = mainVault) {
  const poller = await clientOf("officer", vault).beginDeleteSecret(name, poll);
  return await poller.pollUntilDone();
}

const methods: Record<string, MethodContract> = {
  setSecret: {
    success: {
      name: "answers the secret as it was set, and makes a new version each time",
      run: async () => {
        const at = new Date("2031-05-06T07:08:09Z");
        const set = await officer().setSecret("set", "välue", {
          ...{ contentType: "text/plain", tags: { a: "b" }, enabled: true },
          ...{ notBefore: at, expiresOn: at },
        });
        const again = await officer().setSecret("set", "other");
        expect(set).toMatchObject({
          ...{ name: "set", value: "välue" },
          properties: {
            ...{ contentType: "text/plain", tags: { a: "b" }, enabled: true, recoverableDays: 90 },
            ...{ notBefore: at, expiresOn: at, recoveryLevel: "Recoverable+Purgeable" },
          },
        });
        expect(again.properties.version).not.toBe(set.properties.version);
        expect(again.properties.tags).toEqual({});
        expect(again.properties.contentType).toBeUndefined();
      },
    },
    refusal: {
      name: "is refused for a bad name, too many tags, no role, and the name of a deleted secret",
      run: async () => {
        expect(await refusalOf(() => officer().setSecret("under_score", "x"))).toBe(
          "400 BadParameter",
        );
        const tags = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i}`, "x"]));
        expect(await refusalOf(() => officer().setSecret("tags", "x", { tags }))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().setSecret("set", "x"))).toBe("403 Forbidden");
        await makeSecret("taken");
        await deleteSecret("taken");
        expect(await refusalOf(() => officer().setSecret("TAKEN", "x"))).toBe("409 Conflict");
      },
    },
  },
  getSecret: {
    success: {
      name: "answers the current version, an old one by its id, and one outside of its time",
      run: async () => {
        const [first] = await makeSecret("get");
        expect((await officer().getSecret("get")).value).toBe("three");
        expect((await officer().getSecret("GET", { version: first ?? "" })).value).toBe("one");
        await officer().setSecret("get", "expired", { expiresOn: new Date(1_000) });
        expect((await officer().getSecret("get")).value).toBe("expired");
      },
    },
    refusal: {
      name: "is refused for what is not there, what is disabled, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getSecret("never"))).toBe("404 SecretNotFound");
        await officer().setSecret("get-disabled", "x", { enabled: false });
        expect(await refusalOf(() => officer().getSecret("get-disabled"))).toBe("403 Forbidden");
        expect(await refusalOf(() => nobody().getSecret("get"))).toBe("403 Forbidden");
      },
    },
  },
  updateSecretProperties: {
    success: {
      name: "changes what is said of a version, and leaves its value and all other versions alone",
      run: async () => {
        const [first, , last] = await makeSecret("update");
        // The client sends no time after 2038 here: it cuts seconds to 32 bits.
        const expiresOn = new Date("2037-01-01T00:00:00Z");
        const updated = await officer().updateSecretProperties("update", first ?? "", {
          ...{ contentType: "application/json", tags: { x: "y" }, expiresOn },
        });
        expect(updated).toMatchObject({
          ...{ version: first, contentType: "application/json", tags: { x: "y" }, expiresOn },
        });
        const read = await officer().getSecret("update", { version: first ?? "" });
        expect([read.value, read.properties.tags]).toEqual(["one", { x: "y" }]);
        expect((await officer().getSecret("update")).properties).toMatchObject({
          ...{ version: last, tags: {} },
        });
        await officer().updateSecretProperties("update", last ?? "", { enabled: false });
        expect(await refusalOf(() => officer().getSecret("update"))).toBe("403 Forbidden");
        await officer().updateSecretProperties("update", "", { enabled: true });
        expect((await officer().getSecret("update")).value).toBe("three");
      },
    },
    refusal: {
      name: "is refused for a version that is not there, and no role",
      run: async () => {
        const version = "0".repeat(32);
        const change = { enabled: false };
        expect(
          await refusalOf(() => officer().updateSecretProperties("update", version, change)),
        ).toBe("404 SecretNotFound");
        expect(await refusalOf(() => nobody().updateSecretProperties("update", "", change))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  beginDeleteSecret: {
    success: {
      name: "takes the secret away with all its versions, and says until when it can be recovered",
      run: async () => {
        const [first] = await makeSecret("delete");
        const deleted = await deleteSecret("delete");
        const { deletedOn, scheduledPurgeDate, recoveryId } = deleted.properties;
        const days = ((scheduledPurgeDate?.getTime() ?? 0) - (deletedOn?.getTime() ?? 0)) / 86.4e6;
        expect(days).toBe(90);
        expect(recoveryId).toMatch(/\/deletedsecrets\/delete$/);
        const version = first ?? "";
        expect(await refusalOf(() => officer().getSecret("delete", { version }))).toBe(
          "404 SecretNotFound",
        );
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginDeleteSecret("never", poll))).toBe(
          "404 SecretNotFound",
        );
        expect(await refusalOf(() => nobody().beginDeleteSecret("set", poll))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  getDeletedSecret: {
    success: {
      name: "answers what is known of a deleted secret, and no value",
      run: async () => {
        await makeSecret("get-deleted");
        await deleteSecret("get-deleted");
        const deleted = await officer().getDeletedSecret("get-deleted");
        expect(deleted.name).toBe("get-deleted");
        expect(deleted.value).toBeUndefined();
        expect(deleted.properties.deletedOn).toBeInstanceOf(Date);
      },
    },
    refusal: {
      name: "is refused for a secret that is not deleted, and no role",
      run: async () => {
        await makeSecret("alive");
        expect(await refusalOf(() => officer().getDeletedSecret("alive"))).toBe(
          "404 SecretNotFound",
        );
        expect(await refusalOf(() => nobody().getDeletedSecret("get-deleted"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  listDeletedSecrets: {
    success: {
      name: "yields each deleted secret once, over more pages than one, and none that is there",
      run: async () => {
        const names = Array.from({ length: 28 }, (_, i) => `listed-${String(i).padStart(2, "0")}`);
        for (const name of names) {
          await officer().setSecret(name, name);
          await deleteSecret(name);
        }
        await makeSecret("listed-alive");
        const listed = (await all(officer().listDeletedSecrets())).map(({ name }) => name);
        expect(listed.filter((name) => name.startsWith("listed-"))).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listDeletedSecrets()))).toBe("403 Forbidden");
      },
    },
  },
  purgeDeletedSecret: {
    success: {
      name: "ends a deleted secret for good and frees its name",
      run: async () => {
        await makeSecret("purge");
        await deleteSecret("purge");
        await officer().purgeDeletedSecret("purge");
        expect(await refusalOf(() => officer().getDeletedSecret("purge"))).toBe(
          "404 SecretNotFound",
        );
        await officer().setSecret("Purge", "new");
        const versions = await all(officer().listPropertiesOfSecretVersions("purge"));
        expect(versions.map(({ name }) => name)).toEqual(["Purge"]);
      },
    },
    refusal: {
      name: "is refused where purge protection is on, for a secret that is not deleted, and no role",
      run: async () => {
        await clientOf("officer", "protected").setSecret("kept", "x");
        await deleteSecret("kept", "protected");
        expect(
          await refusalOf(() => clientOf("officer", "protected").purgeDeletedSecret("kept")),
        ).toBe("403 Forbidden");
        await clientOf("officer", "protected").getDeletedSecret("kept");
        expect(await refusalOf(() => officer().purgeDeletedSecret("set"))).toBe(
          "404 SecretNotFound",
        );
        await makeSecret("purge-me-not");
        await deleteSecret("purge-me-not");
        expect(await refusalOf(() => nobody().purgeDeletedSecret("purge-me-not"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  beginRecoverDeletedSecret: {
    success: {
      name: "gives a deleted secret back with every version",
      run: async () => {
        const versions = await makeSecret("recover");
        await deleteSecret("recover");
        const poller = await officer().beginRecoverDeletedSecret("recover", poll);
        expect((await poller.pollUntilDone()).name).toBe("recover");
        const listed = await all(officer().listPropertiesOfSecretVersions("recover"));
        expect(listed.map(({ version }) => version).sort()).toEqual(versions.sort());
        expect((await officer().getSecret("recover")).value).toBe("three");
      },
    },
    refusal: {
      name: "is refused for a secret that is not deleted, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginRecoverDeletedSecret("never", poll))).toBe(
          "404 SecretNotFound",
        );
        await makeSecret("recover-me-not");
        await deleteSecret("recover-me-not");
        expect(
          await refusalOf(() => nobody().beginRecoverDeletedSecret("recover-me-not", poll)),
        ).toBe("403 Forbidden");
      },
    },
  },
  backupSecret: {
    success: {
      name: "answers a blob that has nothing of the values",
      run: async () => {
        await officer().setSecret("backup", "to-be-backed-up");
        const blob = Buffer.from((await officer().backupSecret("backup")) ?? []);
        expect(blob.length).toBeGreaterThan(500);
        expect(blob.includes("to-be-backed-up")).toBe(false);
        expect(blob.includes("contentType")).toBe(false);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().backupSecret("never"))).toBe("404 SecretNotFound");
        expect(await refusalOf(() => nobody().backupSecret("backup"))).toBe("403 Forbidden");
      },
    },
  },
  restoreSecretBackup: {
    success: {
      name: "brings back every version with its id, value and attributes, also into another vault",
      run: async () => {
        const versions = await makeSecret("restore");
        const [first = ""] = versions;
        await officer().updateSecretProperties("restore", first, { tags: { a: "b" } });
        const blob = (await officer().backupSecret("restore")) ?? new Uint8Array();
        await deleteSecret("restore");
        await officer().purgeDeletedSecret("restore");
        for (const vault of [mainVault, "protected"]) {
          const client = clientOf("officer", vault);
          const restored = await client.restoreSecretBackup(blob);
          expect([restored.name, restored.version]).toEqual(["restore", versions[2]]);
          expect((await client.getSecret("restore")).value).toBe("three");
          const old = await client.getSecret("restore", { version: first });
          expect([old.value, old.properties.tags]).toEqual(["one", { a: "b" }]);
          const listed = await all(client.listPropertiesOfSecretVersions("restore"));
          expect(listed.map(({ version }) => version).sort()).toEqual([...versions].sort());
        }
      },
    },
    refusal: {
      name: "is refused for a changed blob, a name that exists or is deleted, and no role",
      run: async () => {
        await makeSecret("restore-me-not");
        const blob = (await officer().backupSecret("restore-me-not")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreSecretBackup(blob))).toBe("409 Conflict");
        await deleteSecret("restore-me-not");
        expect(await refusalOf(() => officer().restoreSecretBackup(blob))).toBe("409 Conflict");
        await officer().purgeDeletedSecret("restore-me-not");
        for (const at of [0, 3, 40, 700, blob.length - 40, blob.length - 1]) {
          const changed = blob.slice();
          changed[at] = (changed[at] ?? 0) ^ 1;
          expect(await refusalOf(() => officer().restoreSecretBackup(changed))).toBe(
            "400 BadParameter",
          );
        }
        expect(await refusalOf(() => nobody().restoreSecretBackup(blob))).toBe("403 Forbidden");
        expect(await refusalOf(() => officer().getSecret("restore-me-not"))).toBe(
          "404 SecretNotFound",
        );
      },
    },
  },
  listPropertiesOfSecretVersions: {
    success: {
      name: "yields every version over more pages than one, and no value",
      run: async () => {
        const versions: string[] = [];
        for (let i = 0; i < 27; i += 1) {
          versions.push((await officer().setSecret("many", `${i}`)).properties.version ?? "");
        }
        const listed = await all(officer().listPropertiesOfSecretVersions("many"));
        expect(listed.map(({ version }) => version)).toEqual(versions.sort());
        expect(JSON.stringify(listed)).not.toContain('"value"');
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => all(officer().listPropertiesOfSecretVersions("never")))).toBe(
          "404 SecretNotFound",
        );
        expect(await refusalOf(() => all(nobody().listPropertiesOfSecretVersions("many")))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  listPropertiesOfSecrets: {
    success: {
      name: "yields each secret once, in pages of the size that is asked for",
      run: async () => {
        const listed = await all(officer().listPropertiesOfSecrets());
        const names = listed.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names).toContain("set");
        const pages = await all(officer().listPropertiesOfSecrets().byPage({ maxPageSize: 2 }));
        expect(pages.flat().map(({ name }) => name)).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfSecrets()))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
};

describeContract({ client: SecretClient, methods });
