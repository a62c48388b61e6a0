// SPDX-License-Identifier: Apache-2.0
/** Deleting, recovering and purging. */

import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import { clientOf, deleteSecret, makeSecret, nobody, officer, poll } from "./clients.ts";

/** Their contract. */
export const deletion: Readonly<Record<string, MethodContract>> = {
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
};
