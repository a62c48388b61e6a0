// SPDX-License-Identifier: Apache-2.0
/** Backups, which hold all three faces. */

import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import {
  deleteCertificate,
  forbidden,
  keys,
  make,
  nobody,
  notFound,
  officer,
  secrets,
  self,
} from "./clients.ts";

/** Their contract. */
export const backups: Readonly<Record<string, MethodContract>> = {
  backupCertificate: {
    success: {
      name: "answers bytes in which nothing can be read",
      run: async () => {
        const made = await make("backup");
        const backup = Buffer.from((await officer().backupCertificate("backup")) ?? []);
        expect(backup.includes(Buffer.from(made.cer ?? []).subarray(40, 80))).toBe(false);
        expect(backup.includes("a.example")).toBe(false);
      },
    },
    refusal: {
      name: "is refused for what is not there, no role, and by way of the secret",
      run: async () => {
        expect(await refusalOf(() => officer().backupCertificate("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().backupCertificate("backup"))).toBe(forbidden);
        expect(await refusalOf(() => secrets().backupSecret("backup"))).toBe(forbidden);
      },
    },
  },
  restoreCertificateBackup: {
    success: {
      name: "gives certificate, key, secret and policy back under their versions",
      run: async () => {
        const made = await make("restore", self, { tags: { a: "b" } });
        const value = (await secrets().getSecret("restore")).value;
        const backup = (await officer().backupCertificate("restore")) ?? new Uint8Array();
        await deleteCertificate("restore");
        await officer().purgeDeletedCertificate("restore");
        const restored = await officer().restoreCertificateBackup(backup);
        expect([restored.cer, restored.properties.version]).toEqual([
          ...[made.cer, made.properties.version],
        ]);
        const got = await officer().getCertificate("restore");
        expect([got.policy, got.properties.tags]).toEqual([made.policy, { a: "b" }]);
        expect((await secrets().getSecret("restore")).value).toBe(value);
        expect((await keys().getKey("restore")).properties.managed).toBe(true);
      },
    },
    refusal: {
      name: "is refused where the name is taken, for other bytes, for a secret's, and no role",
      run: async () => {
        await make("restore-no");
        const backup = (await officer().backupCertificate("restore-no")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreCertificateBackup(backup))).toBe(
          "409 Conflict",
        );
        const changed = backup.map((byte, index) => (index === 400 ? byte ^ 1 : byte));
        const bad = "400 BadParameter";
        expect(await refusalOf(() => officer().restoreCertificateBackup(changed))).toBe(bad);
        await secrets().setSecret("a-secret", "x");
        const other = (await secrets().backupSecret("a-secret")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreCertificateBackup(other))).toBe(bad);
        expect(await refusalOf(() => secrets().restoreSecretBackup(backup))).toBe(bad);
        expect(await refusalOf(() => nobody().restoreCertificateBackup(backup))).toBe(forbidden);
      },
    },
  },
};
