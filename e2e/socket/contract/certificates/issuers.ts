// SPDX-License-Identifier: Apache-2.0
/** Issuers. */

import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import { forbidden, make, nobody, officer, self } from "./clients.ts";

/** Their contract. */
export const issuers: Readonly<Record<string, MethodContract>> = {
  createIssuer: {
    success: {
      name: "keeps who issues, without the account's password",
      run: async () => {
        const issuer = await officer().createIssuer("digicert", "DigiCert", {
          ...{ accountId: "account", password: "hidden", organizationId: "org" },
          administratorContacts: [
            { firstName: "A", lastName: "B", email: "a@b.example", phone: "1" },
          ],
        });
        expect(issuer).toMatchObject({
          ...{
            id: expect.stringMatching(/\/issuers\/digicert$/),
            provider: "DigiCert",
            accountId: "account",
            enabled: true,
            organizationId: "org",
          },
          administratorContacts: [
            { firstName: "A", lastName: "B", email: "a@b.example", phone: "1" },
          ],
        });
        expect(issuer.password).toBeUndefined();
      },
    },
    refusal: {
      name: "is refused for a bad name and no role; a provider that cannot be ordered from issues nothing",
      run: async () => {
        expect(await refusalOf(() => officer().createIssuer("a_b", "DigiCert"))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().createIssuer("x", "DigiCert"))).toBe(forbidden);
        await officer().createIssuer("globalsign", "GlobalSign");
        expect(await refusalOf(() => make("ordered", { ...self, issuerName: "globalsign" }))).toBe(
          "400 BadParameter",
        );
      },
    },
  },
  updateIssuer: {
    success: {
      name: "changes what is said, and keeps the rest",
      run: async () => {
        await officer().createIssuer("update", "Strongroom", { accountId: "one" });
        // The client has no way to disable one: it leaves a false out.
        const updated = await officer().updateIssuer("update", { provider: "DigiCert" });
        expect(updated).toMatchObject({ enabled: true, accountId: "one", provider: "DigiCert" });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().updateIssuer("never", { enabled: false }))).toBe(
          "404 NotFound",
        );
        expect(await refusalOf(() => nobody().updateIssuer("update", { enabled: true }))).toBe(
          forbidden,
        );
      },
    },
  },
  getIssuer: {
    success: {
      name: "answers it by any spelling",
      run: async () => {
        await officer().createIssuer("Spelt", "Strongroom");
        expect(await officer().getIssuer("sPELT")).toMatchObject({
          id: expect.stringMatching(/\/Spelt$/),
        });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getIssuer("never"))).toBe("404 NotFound");
        expect(await refusalOf(() => nobody().getIssuer("spelt"))).toBe(forbidden);
      },
    },
  },
  listPropertiesOfIssuers: {
    success: {
      name: "yields all of them",
      run: async () => {
        await officer().createIssuer("listed", "Strongroom");
        const listed = await all(officer().listPropertiesOfIssuers());
        expect(listed).toContainEqual(
          expect.objectContaining({
            ...{ id: expect.stringMatching(/\/issuers\/listed$/), provider: "Strongroom" },
          }),
        );
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfIssuers()))).toBe(forbidden);
      },
    },
  },
  deleteIssuer: {
    success: {
      name: "takes it away",
      run: async () => {
        await officer().createIssuer("delete", "Strongroom");
        await officer().deleteIssuer("delete");
        expect(await refusalOf(() => officer().getIssuer("delete"))).toBe("404 NotFound");
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteIssuer("never"))).toBe("404 NotFound");
        await officer().createIssuer("delete-no", "Strongroom");
        expect(await refusalOf(() => nobody().deleteIssuer("delete-no"))).toBe(forbidden);
      },
    },
  },
};
