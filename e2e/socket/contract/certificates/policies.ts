// SPDX-License-Identifier: Apache-2.0
/** Policies, what is said of a version, and lists. */

import type { CertificatePolicy } from "@azure/keyvault-certificates";
import { expect } from "@jest/globals";
import { all, type MethodContract, refusalOf } from "../contract.ts";
import {
  forbidden,
  keys,
  make,
  nobody,
  notFound,
  officer,
  request,
  secrets,
  self,
} from "./clients.ts";

/** Their contract. */
export const policies: Readonly<Record<string, MethodContract>> = {
  getCertificatePolicy: {
    success: {
      name: "answers the whole policy",
      run: async () => {
        await make("policy");
        expect(await officer().getCertificatePolicy("policy")).toMatchObject({
          ...self,
          ...{
            validityInMonths: 12,
            keyUsage: ["digitalSignature"],
            reuseKey: false,
            exportable: true,
          },
          lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }],
        });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificatePolicy("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificatePolicy("policy"))).toBe(forbidden);
      },
    },
  },
  updateCertificatePolicy: {
    success: {
      name: "changes how the next version is made, and leaves the current one alone",
      run: async () => {
        const before = await make("change");
        await officer().updateCertificatePolicy("change", {
          ...{ issuerName: "Self", subject: "CN=b.example", validityInMonths: 6 },
        });
        // What the client answers of it is always empty.
        const changed = await officer().getCertificatePolicy("change");
        expect(changed).toMatchObject({
          subject: "CN=b.example",
          validityInMonths: 6,
          keyCurveName: "P-256",
        });
        const now = await officer().getCertificate("change");
        expect([now.cer, now.policy?.subject]).toEqual([before.cer, "CN=b.example"]);
      },
    },
    refusal: {
      name: "is refused for members that do not go together, and no role",
      run: async () => {
        await make("change-no");
        const long: CertificatePolicy = {
          ...{ issuerName: "Self", subject: "CN=x", validityInMonths: 1 },
          lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 28 }],
        };
        expect(await refusalOf(() => officer().updateCertificatePolicy("change-no", long))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().updateCertificatePolicy("change-no", self))).toBe(
          forbidden,
        );
      },
    },
  },
  updateCertificateProperties: {
    success: {
      name: "disables key and secret with the certificate",
      run: async () => {
        const { properties } = await make("disable");
        const version = properties.version ?? "";
        const updated = await officer().updateCertificateProperties("disable", version, {
          ...{ enabled: false, tags: { x: "y" } },
        });
        expect(updated.properties).toMatchObject({ enabled: false, tags: { x: "y" } });
        expect(await refusalOf(() => secrets().getSecret("disable"))).toBe(forbidden);
        expect((await keys().getKey("disable")).properties.enabled).toBe(false);
        await officer().updateCertificateProperties("disable", version, { enabled: true });
        expect((await secrets().getSecret("disable")).properties.tags).toEqual({ x: "y" });
      },
    },
    refusal: {
      name: "is refused for what is not there, what is pending, and no role",
      run: async () => {
        const change = { enabled: true };
        const version = "0".repeat(32);
        expect(
          await refusalOf(() => officer().updateCertificateProperties("never", version, change)),
        ).toBe(notFound);
        await request("update-pending");
        expect(
          await refusalOf(() =>
            officer().updateCertificateProperties("update-pending", "", change),
          ),
        ).toBe("409 Conflict");
        expect(
          await refusalOf(() => nobody().updateCertificateProperties("disable", "", change)),
        ).toBe(forbidden);
      },
    },
  },
  listPropertiesOfCertificates: {
    success: {
      name: "yields each certificate once, and pending ones where asked for",
      run: async () => {
        await make("list-a");
        await request("list-pending");
        const names = async (includePending: boolean) =>
          (await all(officer().listPropertiesOfCertificates({ includePending }))).map(
            ({ name }) => name,
          );
        const [without, withPending] = [await names(false), await names(true)];
        expect(without).toContain("list-a");
        expect(without).not.toContain("list-pending");
        expect(withPending).toContain("list-pending");
        expect(new Set(withPending).size).toBe(withPending.length);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfCertificates()))).toBe(forbidden);
      },
    },
  },
  listPropertiesOfCertificateVersions: {
    success: {
      name: "yields every version",
      run: async () => {
        const versions = [await make("versions"), await make("versions")].map(
          ({ properties }) => properties.version,
        );
        const listed = await all(officer().listPropertiesOfCertificateVersions("versions"));
        expect(listed.map(({ version }) => version).sort()).toEqual(versions.sort());
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(
          await refusalOf(() => all(officer().listPropertiesOfCertificateVersions("never"))),
        ).toBe(notFound);
        expect(
          await refusalOf(() => all(nobody().listPropertiesOfCertificateVersions("versions"))),
        ).toBe(forbidden);
      },
    },
  },
};
