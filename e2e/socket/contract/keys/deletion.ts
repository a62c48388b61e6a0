// SPDX-License-Identifier: Apache-2.0
/** Deleting, recovering and purging. */

import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import { poll } from "../key-clients.ts";
import { cryptography, digest, makeVersions, nobody, officer, remove, signs } from "./clients.ts";

/** Their contract. */
export const deletion: Readonly<Record<string, MethodContract>> = {
  beginDeleteKey: {
    success: {
      name: "takes the key away with all its versions, and says until when it can be recovered",
      run: async () => {
        const [first] = await makeVersions("delete");
        const poller = await officer().beginDeleteKey("delete", poll);
        const { deletedOn, scheduledPurgeDate } = (await poller.pollUntilDone()).properties;
        const days = ((scheduledPurgeDate?.getTime() ?? 0) - (deletedOn?.getTime() ?? 0)) / 86.4e6;
        expect(days).toBe(90);
        expect(await refusalOf(() => officer().getKey("delete", { version: first ?? "" }))).toBe(
          "404 KeyNotFound",
        );
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role; a deleted key signs nothing",
      run: async () => {
        expect(await refusalOf(() => officer().beginDeleteKey("never", poll))).toBe(
          "404 KeyNotFound",
        );
        expect(await refusalOf(() => nobody().beginDeleteKey("ec", poll))).toBe("403 Forbidden");
        const key = await officer().createEcKey("delete-used", { hsm: true });
        expect(await signs(key, "ES256")).toBe(true);
        await remove("delete-used");
        expect(
          await refusalOf(() => cryptography("officer", key.id ?? "").sign("ES256", digest)),
        ).toBe("404 KeyNotFound");
      },
    },
  },
  getDeletedKey: {
    success: {
      name: "answers what is known of a deleted key",
      run: async () => {
        await officer().createEcKey("get-deleted");
        await remove("get-deleted");
        const deleted = await officer().getDeletedKey("get-deleted");
        expect([deleted.name, deleted.keyType]).toEqual(["get-deleted", "EC"]);
        expect(deleted.properties.recoveryId).toMatch(/\/deletedkeys\/get-deleted$/);
      },
    },
    refusal: {
      name: "is refused for a key that is not deleted, and no role",
      run: async () => {
        await officer().createEcKey("alive");
        expect(await refusalOf(() => officer().getDeletedKey("alive"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().getDeletedKey("get-deleted"))).toBe("403 Forbidden");
      },
    },
  },
  listDeletedKeys: {
    success: {
      name: "yields each deleted key once, over more pages than one",
      run: async () => {
        const names = Array.from({ length: 27 }, (_, i) => `gone-${String(i).padStart(2, "0")}`);
        for (const name of names) {
          await officer().createEcKey(name);
          await remove(name);
        }
        const listed = (await all(officer().listDeletedKeys())).map(({ name }) => name);
        expect(listed.filter((name) => name.startsWith("gone-"))).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listDeletedKeys()))).toBe("403 Forbidden");
      },
    },
  },
  beginRecoverDeletedKey: {
    success: {
      name: "gives a deleted key back, and it signs as before",
      run: async () => {
        const key = await officer().createEcKey("recover", { hsm: true });
        await remove("recover");
        const poller = await officer().beginRecoverDeletedKey("recover", poll);
        expect((await poller.pollUntilDone()).name).toBe("recover");
        expect(await signs(key, "ES256")).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a key that is not deleted, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginRecoverDeletedKey("never", poll))).toBe(
          "404 KeyNotFound",
        );
        await officer().createEcKey("recover-me-not");
        await remove("recover-me-not");
        expect(await refusalOf(() => nobody().beginRecoverDeletedKey("recover-me-not", poll))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  purgeDeletedKey: {
    success: {
      name: "ends a deleted key for good and frees its name",
      run: async () => {
        await officer().createEcKey("purge");
        await remove("purge");
        await officer().purgeDeletedKey("purge");
        expect(await refusalOf(() => officer().getDeletedKey("purge"))).toBe("404 KeyNotFound");
        await officer().createRsaKey("Purge");
        expect((await all(officer().listPropertiesOfKeyVersions("purge"))).length).toBe(1);
      },
    },
    refusal: {
      name: "is refused where purge protection is on, for a key that is not deleted, and no role",
      run: async () => {
        await officer("protected").createEcKey("kept");
        await remove("kept", "protected");
        expect(await refusalOf(() => officer("protected").purgeDeletedKey("kept"))).toBe(
          "403 Forbidden",
        );
        await officer().createEcKey("purge-alive");
        expect(await refusalOf(() => officer().purgeDeletedKey("purge-alive"))).toBe(
          "404 KeyNotFound",
        );
        await remove("purge-alive");
        expect(await refusalOf(() => nobody().purgeDeletedKey("purge-alive"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
};
