// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { CertificatePolicy } from "./certificate-policy.ts";
import { changePolicy, policyOf } from "./policy-of.ts";
import { policyWireSchema } from "./policy-wire.ts";

const read = (body: unknown): CertificatePolicy => policyOf(policyWireSchema.parse(body), 7);
const self = { issuer: { name: "Self" } };
const named = { x509_props: { subject: "CN=a" } };
const x509 = (members: object) => ({ ...self, x509_props: { subject: "CN=a", ...members } });
const key = (members: object) => ({ ...self, ...named, key_props: members });
const actions = (...list: readonly (readonly [object, string])[]) => ({
  ...self,
  ...named,
  lifetime_actions: list.map(([trigger, action_type]) => ({ trigger, action: { action_type } })),
});

describe("a certificate policy", () => {
  it("is filled in as Key Vault fills it in", () => {
    expect(read({ ...self, ...named })).toEqual({
      key_props: { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
      secret_props: { contentType: "application/x-pkcs12" },
      x509_props: {
        subject: "CN=a",
        ekus: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
        sans: { emails: [], dns_names: [], upns: [], uris: [], ipAddresses: [] },
        key_usage: ["digitalSignature", "keyEncipherment"],
        validity_months: 12,
      },
      lifetime_actions: [
        { trigger: { lifetime_percentage: 80 }, action: { action_type: "AutoRenew" } },
      ],
      issuer: { name: "Self" },
      attributes: { enabled: true, created: 7, updated: 7 },
    });
  });

  it("has keys that go with their type", () => {
    const keyOf = (members: object) => read(key(members)).key_props;
    expect(keyOf({ kty: "EC" })).toMatchObject({ crv: "P-256", key_size: 256, exportable: true });
    expect(keyOf({ kty: "EC", crv: "P-521" })).toMatchObject({ crv: "P-521", key_size: 521 });
    expect(keyOf({ kty: "EC-HSM", crv: "P-384" })).toMatchObject({
      key_size: 384,
      exportable: false,
    });
    expect(keyOf({ kty: "RSA-HSM" })).toMatchObject({ key_size: 2048, exportable: false });
    expect(keyOf({ kty: "RSA", key_size: 4096, exportable: false, reuse_key: true })).toEqual({
      ...{ kty: "RSA", key_size: 4096, exportable: false, reuse_key: true },
    });
    expect(read(key({ kty: "EC" })).x509_props.key_usage).toEqual(["digitalSignature"]);
  });

  it("announces the end of a certificate of an unknown issuer, which nobody can renew", () => {
    const policy = read({ issuer: { name: "unknown" }, ...named });
    expect(policy.lifetime_actions).toEqual([
      { trigger: { lifetime_percentage: 80 }, action: { action_type: "EmailContacts" } },
    ]);
  });

  it.each([
    ["no issuer", named],
    ["no name at all", self],
    ["a subject that is no name", x509({ subject: "a" })],
    ["an RSA key in the HSM that may leave", key({ kty: "RSA-HSM", exportable: true })],
    ["a weak RSA key", key({ kty: "RSA", key_size: 1024 })],
    ["a curve for RSA", key({ kty: "RSA", crv: "P-256" })],
    ["a size that is not the curve's", key({ kty: "EC", crv: "P-256", key_size: 384 })],
    ["a symmetric key", key({ kty: "oct" })],
    ["an unknown curve", key({ kty: "EC", crv: "P-192" })],
    ["an unknown content type", { ...self, ...named, secret_props: { contentType: "text/plain" } }],
    ["no month of validity", x509({ validity_months: 0 })],
    ["more than ten years", x509({ validity_months: 121 })],
    ["half a month", x509({ validity_months: 1.5 })],
    ["an unknown key usage", x509({ key_usage: ["anything"] })],
    ["an extended usage that is no identifier", x509({ ekus: ["serverAuth"] })],
    ["a DNS name with a space", x509({ sans: { dns_names: ["a b"] } })],
    ["a wildcard in the middle", x509({ sans: { dns_names: ["a.*.b"] } })],
    ["a mailbox without a domain", x509({ sans: { emails: ["a"] } })],
    ["an address that is none", x509({ sans: { ipAddresses: ["1.2.3.256"] } })],
    ["an address with a zone", x509({ sans: { ipAddresses: ["fe80::1%eth0"] } })],
    ["an URI without a scheme", x509({ sans: { uris: ["//a"] } })],
    ["a percentage of 0", actions([{ lifetime_percentage: 0 }, "AutoRenew"])],
    ["a percentage of 100", actions([{ lifetime_percentage: 100 }, "AutoRenew"])],
    ["no day before", actions([{ days_before_expiry: 0 }, "AutoRenew"])],
    ["more days than 27 in a month", actions([{ days_before_expiry: 325 }, "AutoRenew"])],
    ["both triggers", actions([{ days_before_expiry: 1, lifetime_percentage: 1 }, "AutoRenew"])],
    ["no trigger", actions([{}, "AutoRenew"])],
    ["an unknown action", actions([{ lifetime_percentage: 80 }, "Revoke"])],
    [
      "the same action twice",
      actions(
        [{ lifetime_percentage: 8 }, "AutoRenew"],
        [{ lifetime_percentage: 80 }, "AutoRenew"],
      ),
    ],
    [
      "renewal by an unknown issuer",
      { ...actions([{ lifetime_percentage: 80 }, "AutoRenew"]), issuer: { name: "Unknown" } },
    ],
  ])("is refused with %s", (_, body) => {
    expect(() => read(body)).toThrow();
  });

  it("takes every trigger up to its bound", () => {
    for (const trigger of [
      { lifetime_percentage: 1 },
      { lifetime_percentage: 99 },
      { days_before_expiry: 1 },
      { days_before_expiry: 324 },
    ]) {
      expect(read(actions([trigger, "AutoRenew"])).lifetime_actions[0]?.trigger).toEqual(trigger);
    }
  });

  it("is changed member by member", () => {
    const before = read({
      ...x509({ sans: { dns_names: ["a.example"] } }),
      key_props: { kty: "EC", crv: "P-384" },
    });
    const change = policyWireSchema.parse({
      key_props: { reuse_key: true, kty: null },
      x509_props: { validity_months: 3, sans: { emails: ["a@b.example"] } },
      attributes: { enabled: false },
    });
    const after = changePolicy(before, change, 9);
    expect(after).toEqual({
      ...before,
      key_props: { ...before.key_props, reuse_key: true },
      x509_props: {
        ...before.x509_props,
        validity_months: 3,
        sans: { ...before.x509_props.sans, emails: ["a@b.example"] },
      },
      attributes: { enabled: false, created: 7, updated: 9 },
    });
    expect(() =>
      changePolicy(before, policyWireSchema.parse({ key_props: { key_size: 256 } }), 9),
    ).toThrow();
    const rsa = changePolicy(before, policyWireSchema.parse({ key_props: { kty: "RSA-HSM" } }), 9);
    expect(rsa.key_props).toEqual({
      kty: "RSA-HSM",
      key_size: 2048,
      exportable: false,
      reuse_key: false,
    });
  });
});
