// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OpensslFolder, openssl } from "../x509/__fixtures__/openssl.ts";
import { readCertificate } from "../x509/certificate-fields.ts";
import { authorityKeyIdentifier, keyIdentifier, subjectKeyIdentifier } from "../x509/extensions.ts";
import { signCertificate } from "../x509/issue-certificate.ts";
import { keySigner } from "../x509/key-signer.ts";
import { signRequest } from "../x509/request-certificate.ts";
import { addMonths, contentOf } from "./policy-content.ts";
import { policyOf } from "./policy-of.ts";
import type { PolicyBody } from "./policy-wire.ts";

const body: PolicyBody = {
  issuer: { name: "Self" },
  x509_props: {
    subject: "CN=a.example,O=Ünit+OU=x,C=DE",
    sans: {
      emails: ["who@a.example"],
      dns_names: ["a.example", "*.b.example"],
      upns: ["who@ad.example"],
      uris: ["spiffe://a.example/x"],
      ipAddresses: ["192.0.2.1", "2001:db8::1:2"],
    },
    ekus: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.10.3.12"],
    key_usage: ["digitalSignature", "keyAgreement", "decipherOnly"],
  },
};
const at = new Date();

describe("what a policy says", () => {
  let folder: OpensslFolder;
  beforeAll(async () => {
    folder = await openssl();
  });
  afterAll(async () => await folder[Symbol.asyncDispose]());

  const keys = [
    ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["P-384", () => generateKeyPairSync("ec", { namedCurve: "P-384" })],
    ["P-521", () => generateKeyPairSync("ec", { namedCurve: "P-521" })],
    ["P-256K", () => generateKeyPairSync("ec", { namedCurve: "secp256k1" })],
  ] as const;

  it.each(keys)(
    "is in a self-signed certificate that OpenSSL verifies: %s",
    async (_, generate) => {
      const signer = keySigner(generate().privateKey);
      const content = contentOf(policyOf(body, 0));
      const certificate = await signCertificate(
        {
          subject: content.subject,
          issuer: content.subject,
          publicKey: signer.publicKey,
          notBefore: at,
          notAfter: addMonths(at, 12),
          extensions: [
            ...content.extensions,
            subjectKeyIdentifier(signer.publicKey),
            authorityKeyIdentifier(keyIdentifier(signer.publicKey)),
          ],
        },
        signer,
      );
      await folder.write("self.pem", certificate.toString());
      const verdict = await folder.run("verify", "-x509_strict", "-CAfile", "self.pem", "self.pem");
      expect(verdict).toContain("self.pem: OK");
      const shown = await folder.run(
        "x509",
        "-in",
        "self.pem",
        "-noout",
        "-text",
        "-nameopt",
        "RFC2253,utf8,-esc_msb",
      );
      for (const line of [
        /Subject: CN=a.example,(O=Ünit\+OU=x|OU=x\+O=Ünit),C=DE/,
        /Basic Constraints: critical\s+CA:FALSE/,
        /Key Usage: critical\s+Digital Signature, Key Agreement, Decipher Only/,
        /TLS Web Server Authentication, 1.3.6.1.4.1.311.10.3.12/,
        /email:who@a.example, DNS:a.example, DNS:\*.b.example, othername: UPN::who@ad.example, URI:spiffe:\/\/a.example\/x, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:1:2/,
      ]) {
        expect(shown).toMatch(line);
      }
      const fields = readCertificate(new Uint8Array(certificate.raw));
      expect(fields).toMatchObject({
        keyUsage: body.x509_props?.key_usage,
        extendedKeyUsage: body.x509_props?.ekus,
        alternativeNames: {
          emails: ["who@a.example"],
          dnsNames: ["a.example", "*.b.example"],
          upns: ["who@ad.example"],
          uris: ["spiffe://a.example/x"],
          ipAddresses: ["192.0.2.1", "2001:db8:0:0:0:0:1:2"],
        },
      });
    },
  );

  it.each(keys)("is in a request that OpenSSL verifies: %s", async (_, generate) => {
    const signer = keySigner(generate().privateKey);
    await folder.write("request.der", await signRequest(contentOf(policyOf(body, 0)), signer));
    const shown = await folder.run(
      "req",
      "-inform",
      "DER",
      "-in",
      "request.der",
      "-noout",
      "-verify",
      "-text",
    );
    expect(shown).toMatch(/verify OK/);
    expect(shown).toMatch(/Requested Extensions:[\s\S]*DNS:a.example/);
  });

  it("makes alternative names critical where they are all there is", async () => {
    const signer = keySigner(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    const nameless = {
      issuer: { name: "Self" },
      x509_props: { sans: { dns_names: ["a.example"] } },
    };
    await folder.write("nameless.der", await signRequest(contentOf(policyOf(nameless, 0)), signer));
    const shown = await folder.run(
      "req",
      "-inform",
      "DER",
      "-in",
      "nameless.der",
      "-noout",
      "-text",
    );
    expect(shown).toMatch(/Subject Alternative Name: critical/);
  });

  it.each([
    ["2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00.000Z"],
    ["2024-02-29T10:00:00Z", 12, "2025-02-28T10:00:00.000Z"],
    ["2026-11-26T23:59:59Z", 14, "2028-01-26T23:59:59.000Z"],
    ["2049-12-15T00:00:00Z", 1, "2050-01-15T00:00:00.000Z"],
  ])("adds months to %s: %d", (start, months, end) => {
    expect(addMonths(new Date(start), months).toISOString()).toBe(end);
  });
});
