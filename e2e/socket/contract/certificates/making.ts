// SPDX-License-Identifier: Apache-2.0
/** Making, reading and importing certificates. */

import { X509Certificate } from "node:crypto";
import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import {
  deleteCertificate,
  folder,
  forbidden,
  make,
  nobody,
  notFound,
  officer,
  pfx,
  poll,
  privateKeyOf,
  secrets,
  self,
} from "./clients.ts";

/** Their contract. */
export const making: Readonly<Record<string, MethodContract>> = {
  beginCreateCertificate: {
    success: {
      name: "makes certificate, key and secret of one version",
      run: async () => {
        const made = await make("create", self, { tags: { a: "b" } });
        const parsed = new X509Certificate(made.cer ?? new Uint8Array());
        expect([parsed.subject, parsed.subjectAltName]).toEqual(["CN=a.example", "DNS:a.example"]);
        const { version } = made.properties;
        expect(made.keyId).toMatch(new RegExp(`/keys/create/${version}$`));
        expect(made.secretId).toMatch(new RegExp(`/secrets/create/${version}$`));
        expect(made.properties).toMatchObject({
          ...{ enabled: true, tags: { a: "b" }, expiresOn: new Date(parsed.validTo) },
          x509ThumbprintString: parsed.fingerprint.replaceAll(":", "").toLowerCase(),
        });
        expect(made.policy).toMatchObject({ ...self, contentType: "application/x-pkcs12" });
        const secret = await secrets().getSecret("create");
        expect(secret.properties).toMatchObject({
          version,
          managed: true,
          contentType: "application/x-pkcs12",
        });
        await folder().write("made.pfx", Buffer.from(secret.value ?? "", "base64"));
        const opened = await folder().run(
          "pkcs12",
          "-in",
          "made.pfx",
          "-passin",
          "pass:",
          "-nodes",
        );
        expect(new X509Certificate(opened).checkPrivateKey(privateKeyOf(opened))).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a bad policy, no role, an unknown issuer's name, and names in use",
      run: async () => {
        const bad = "400 BadParameter";
        expect(await refusalOf(() => make("bad", { ...self, subject: "a" }))).toBe(bad);
        expect(await refusalOf(() => make("bad", { ...self, issuerName: "nobody" }))).toBe(bad);
        expect(
          await refusalOf(() => make("bad", { ...self, keyType: "EC-HSM", exportable: true })),
        ).toBe(bad);
        expect(await refusalOf(() => nobody().beginCreateCertificate("x", self, poll))).toBe(
          forbidden,
        );
        await secrets().setSecret("somebodys", "x");
        expect(await refusalOf(() => make("somebodys"))).toBe("409 Conflict");
        await make("gone");
        await deleteCertificate("gone");
        expect(await refusalOf(() => make("GONE"))).toBe("409 Conflict");
      },
    },
  },
  getCertificate: {
    success: {
      name: "answers the current version with its policy",
      run: async () => {
        await make("get");
        const second = await make("get");
        const got = await officer().getCertificate("GET");
        expect(got.properties.version).toBe(second.properties.version);
        expect(got.policy).toMatchObject(self);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificate("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificate("get"))).toBe(forbidden);
      },
    },
  },
  getCertificateVersion: {
    success: {
      name: "answers an old version",
      run: async () => {
        const first = await make("old");
        await make("old");
        const got = await officer().getCertificateVersion("old", first.properties.version ?? "");
        expect(got.cer).toEqual(first.cer);
      },
    },
    refusal: {
      name: "is refused for a version that is not there",
      run: async () => {
        await make("one");
        expect(await refusalOf(() => officer().getCertificateVersion("one", "0".repeat(32)))).toBe(
          notFound,
        );
      },
    },
  },
  importCertificate: {
    success: {
      name: "takes PFX and PEM in, and says what they are",
      run: async () => {
        const bytes = await pfx("pässword");
        const imported = await officer().importCertificate("import", bytes, {
          password: "pässword",
        });
        expect(imported.policy).toMatchObject({
          ...{ subject: "O=x, CN=imported.example", keyType: "RSA", keySize: 2048 },
          ...{ issuerName: "Unknown", validityInMonths: 3, contentType: "application/x-pkcs12" },
        });
        const both = Buffer.concat([await folder().read("i.key"), await folder().read("i.pem")]);
        const contentType = "application/x-pem-file";
        const pem = await officer().importCertificate("import-pem", both, {
          policy: { contentType, issuerName: "Self", subject: "CN=x", exportable: true },
        });
        expect(pem.cer).toEqual(imported.cer);
        const secret = await secrets().getSecret("import-pem");
        expect(secret.properties.contentType).toBe(contentType);
        expect(
          new X509Certificate(secret.value ?? "").checkPrivateKey(privateKeyOf(secret.value ?? "")),
        ).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a wrong password, what is no bundle, and no role",
      run: async () => {
        const bytes = await pfx("right");
        const bad = "400 BadParameter";
        expect(
          await refusalOf(() => officer().importCertificate("no", bytes, { password: "wrong" })),
        ).toBe(bad);
        expect(
          await refusalOf(() => officer().importCertificate("no", Buffer.from("nothing"))),
        ).toBe(bad);
        expect(
          await refusalOf(() => nobody().importCertificate("no", bytes, { password: "right" })),
        ).toBe(forbidden);
        expect(await refusalOf(() => officer().getCertificate("no"))).toBe(notFound);
      },
    },
  },
};
