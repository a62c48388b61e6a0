// SPDX-License-Identifier: Apache-2.0
/** Lists, and backups. */

import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import { makeVersions, nobody, officer, remove, signs } from "./clients.ts";

/** Their contract. */
export const listsAndBackups: Readonly<Record<string, MethodContract>> = {
  listPropertiesOfKeys: {
    success: {
      name: "yields each key once, in pages of the size that is asked for",
      run: async () => {
        await makeVersions("listed");
        const names = (await all(officer().listPropertiesOfKeys())).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names).toContain("listed");
        const pages = await all(officer().listPropertiesOfKeys().byPage({ maxPageSize: 3 }));
        expect(pages.flat().map(({ name }) => name)).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfKeys()))).toBe("403 Forbidden");
      },
    },
  },
  listPropertiesOfKeyVersions: {
    success: {
      name: "yields every version",
      run: async () => {
        const versions = await makeVersions("versions");
        const listed = await all(officer().listPropertiesOfKeyVersions("versions"));
        expect(listed.map(({ version }) => version)).toEqual(versions.sort());
      },
    },
    refusal: {
      name: "is refused for what is not there",
      run: async () => {
        expect(await refusalOf(() => all(officer().listPropertiesOfKeyVersions("never")))).toBe(
          "404 KeyNotFound",
        );
      },
    },
  },
  backupKey: {
    success: {
      name: "answers bytes that hold nothing in clear",
      run: async () => {
        await officer().createOctKey("backup", { hsm: true });
        const backup = await officer().backupKey("backup");
        expect(Buffer.from(backup ?? []).includes("backup-name")).toBe(false);
        expect(backup?.length).toBeGreaterThan(200);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().backupKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().backupKey("backup"))).toBe("403 Forbidden");
      },
    },
  },
  restoreKeyBackup: {
    success: {
      name: "gives a key back after its purge, and into another vault, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          const name = `restore-${hsm}`;
          const key = await officer().createEcKey(name, { hsm });
          const backup = (await officer().backupKey(name)) ?? new Uint8Array();
          await remove(name);
          await officer().purgeDeletedKey(name);
          const restored = await officer().restoreKeyBackup(backup);
          expect(restored.id).toBe(key.id);
          expect(await signs(restored, "ES256")).toBe(true);
          const other = await officer("other").restoreKeyBackup(backup);
          expect(other.key?.x).toEqual(key.key?.x);
          expect(await signs(other, "ES256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused for a name that is taken, bytes that were changed, and no role",
      run: async () => {
        await officer().createEcKey("restore-taken");
        const backup = (await officer().backupKey("restore-taken")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreKeyBackup(backup))).toBe("409 Conflict");
        expect(await refusalOf(() => nobody().restoreKeyBackup(backup))).toBe("403 Forbidden");
        backup[backup.length - 1] = (backup[backup.length - 1] ?? 0) ^ 1;
        expect(await refusalOf(() => officer().restoreKeyBackup(backup))).toBe("400 BadParameter");
      },
    },
  },
};
