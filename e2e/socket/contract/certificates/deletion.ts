// SPDX-License-Identifier: Apache-2.0
/** Deleting, recovering and purging. */

import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import {
  clientOf,
  deleteCertificate,
  forbidden,
  keys,
  make,
  nobody,
  notFound,
  officer,
  poll,
  secrets,
  self,
} from "./clients.ts";

/** Their contract. */
export const deletion: Readonly<Record<string, MethodContract>> = {
  beginDeleteCertificate: {
    success: {
      name: "takes key and secret along",
      run: async () => {
        await make("delete");
        const deleted = await deleteCertificate("delete");
        expect(deleted.recoveryId).toMatch(/\/deletedcertificates\/delete$/);
        expect(await refusalOf(() => secrets().getSecret("delete"))).toBe("404 SecretNotFound");
        expect(await refusalOf(() => keys().getKey("delete"))).toBe("404 KeyNotFound");
      },
    },
    refusal: {
      name: "is refused for what is not there, no role, and by way of the key or secret",
      run: async () => {
        expect(await refusalOf(() => officer().beginDeleteCertificate("never", poll))).toBe(
          notFound,
        );
        await make("delete-no");
        expect(await refusalOf(() => nobody().beginDeleteCertificate("delete-no", poll))).toBe(
          forbidden,
        );
        expect(await refusalOf(() => secrets().beginDeleteSecret("delete-no"))).toBe(forbidden);
        expect(await refusalOf(() => secrets().setSecret("delete-no", "x"))).toBe(forbidden);
        expect(await refusalOf(() => keys().beginDeleteKey("delete-no"))).toBe(forbidden);
      },
    },
  },
  getDeletedCertificate: {
    success: {
      name: "answers what is known of it",
      run: async () => {
        const made = await make("deleted");
        await deleteCertificate("deleted");
        const deleted = await officer().getDeletedCertificate("deleted");
        expect([deleted.cer, deleted.policy]).toEqual([made.cer, made.policy]);
        expect(deleted.deletedOn).toBeInstanceOf(Date);
      },
    },
    refusal: {
      name: "is refused for one that is not deleted, and no role",
      run: async () => {
        await make("alive");
        expect(await refusalOf(() => officer().getDeletedCertificate("alive"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getDeletedCertificate("deleted"))).toBe(forbidden);
      },
    },
  },
  listDeletedCertificates: {
    success: {
      name: "yields deleted ones alone",
      run: async () => {
        await make("list-deleted");
        await make("list-alive");
        await deleteCertificate("list-deleted");
        const names = (await all(officer().listDeletedCertificates())).map(({ name }) => name);
        expect(names).toContain("list-deleted");
        expect(names).not.toContain("list-alive");
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listDeletedCertificates()))).toBe(forbidden);
      },
    },
  },
  beginRecoverDeletedCertificate: {
    success: {
      name: "gives all three back",
      run: async () => {
        const made = await make("recover");
        const value = (await secrets().getSecret("recover")).value;
        await deleteCertificate("recover");
        const poller = await officer().beginRecoverDeletedCertificate("recover", poll);
        const recovered = await poller.pollUntilDone();
        expect(recovered.cer).toEqual(made.cer);
        expect((await secrets().getSecret("recover")).value).toBe(value);
        expect((await keys().getKey("recover")).properties.version).toBe(made.properties.version);
      },
    },
    refusal: {
      name: "is refused for one that is not deleted, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginRecoverDeletedCertificate("never", poll))).toBe(
          notFound,
        );
        await make("recover-no");
        await deleteCertificate("recover-no");
        expect(
          await refusalOf(() => nobody().beginRecoverDeletedCertificate("recover-no", poll)),
        ).toBe(forbidden);
      },
    },
  },
  purgeDeletedCertificate: {
    success: {
      name: "ends all three for good and frees the name",
      run: async () => {
        await make("purge");
        await deleteCertificate("purge");
        await officer().purgeDeletedCertificate("purge");
        expect(await refusalOf(() => officer().getDeletedCertificate("purge"))).toBe(notFound);
        expect(await refusalOf(() => secrets().getDeletedSecret("purge"))).toBe(
          "404 SecretNotFound",
        );
        await secrets().setSecret("purge", "free");
      },
    },
    refusal: {
      name: "is refused where purge protection is on, for one that is not deleted, and no role",
      run: async () => {
        const poller = await clientOf("officer", "protected").beginCreateCertificate(
          "kept",
          self,
          poll,
        );
        await poller.pollUntilDone();
        await deleteCertificate("kept", "protected");
        expect(
          await refusalOf(() => clientOf("officer", "protected").purgeDeletedCertificate("kept")),
        ).toBe(forbidden);
        expect(await refusalOf(() => officer().purgeDeletedCertificate("alive"))).toBe(notFound);
        expect(await refusalOf(() => nobody().purgeDeletedCertificate("recover-no"))).toBe(
          forbidden,
        );
      },
    },
  },
};
