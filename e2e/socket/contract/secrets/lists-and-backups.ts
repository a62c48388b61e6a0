// SPDX-License-Identifier: Apache-2.0
/** Backups, and lists. */

import { expect } from "@jest/globals";
import { mainVault } from "../azure-vault.ts";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import { clientOf, deleteSecret, makeSecret, nobody, officer } from "./clients.ts";

/** Their contract. */
export const listsAndBackups: Readonly<Record<string, MethodContract>> = {
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
