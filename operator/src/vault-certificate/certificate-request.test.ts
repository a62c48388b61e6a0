// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { vaultCertificateSpecSchema } from "@strongroom/api";
import { toCertificateRequest } from "./certificate-request.ts";

const parse = (spec: object) =>
  toCertificateRequest(vaultCertificateSpecSchema.parse({ vault: "v", ...spec })).certificate;

describe("toCertificateRequest", () => {
  it("says in Key Vault's words what the resource says", () => {
    const certificate = parse({
      policy: {
        keyProperties: { keyType: "EC", curve: "P-384", exportable: true, reuseKey: true },
        secretProperties: { contentType: "application/x-pem-file" },
        x509Properties: {
          subject: "CN=shop.example",
          subjectAlternativeNames: { dnsNames: ["shop.example"], ipAddresses: ["192.0.2.1"] },
          ekus: ["1.3.6.1.5.5.7.3.1"],
          keyUsage: ["digitalSignature"],
          validityMonths: 3,
        },
        lifetimeActions: [{ trigger: { daysBeforeExpiry: 30 }, action: "AutoRenew" }],
        issuer: { name: "internal", certificateType: "OV-SSL" },
      },
      attributes: { enabled: false },
      tags: { a: "b" },
    });
    expect(certificate).toEqual({
      policy: {
        key_props: { kty: "EC", crv: "P-384", key_size: 384, exportable: true, reuse_key: true },
        secret_props: { contentType: "application/x-pem-file" },
        x509_props: {
          subject: "CN=shop.example",
          sans: { dns_names: ["shop.example"], ipAddresses: ["192.0.2.1"] },
          ekus: ["1.3.6.1.5.5.7.3.1"],
          key_usage: ["digitalSignature"],
          validity_months: 3,
        },
        lifetime_actions: [
          { trigger: { days_before_expiry: 30 }, action: { action_type: "AutoRenew" } },
        ],
        issuer: { name: "internal", cty: "OV-SSL" },
      },
      attributes: { enabled: false },
      tags: { a: "b" },
    });
  });

  it("never asks for an exportable key in the HSM unless the resource does", () => {
    const policy = {
      keyProperties: { keyType: "RSA-HSM" },
      x509Properties: { subject: "CN=a" },
      issuer: { name: "Self" },
    };
    expect(parse({ policy })["policy"]).toMatchObject({
      key_props: { kty: "RSA-HSM", exportable: false },
    });
  });
});
