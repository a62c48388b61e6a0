// SPDX-License-Identifier: Apache-2.0
/** What the wire takes and, above all, what it refuses. */

import { describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "../resources/attestation/attestation-authority.ts";
import { keyReleasePolicySpecSchema } from "../resources/key-release-policy.ts";
import { secretVaultSpecSchema } from "../resources/secret-vault.ts";
import { runtimeDataSchema, tpmEvidenceSchema } from "./attestation.ts";
import { releasePayloadSchema, releaseRequestSchema } from "./release.ts";
import { base64url, compact } from "./wire.ts";

const point = "A".repeat(43);
const keys = [
  { kty: "RSA", kid: "a", key_ops: ["encrypt"], n: "AQAB", e: "AQAB" },
  { kty: "EC", crv: "P-256", kid: "b", key_ops: ["deriveKey"], x: point, y: point },
  { kty: "EC", crv: "P-256", kid: "c", key_ops: ["verify"], x: point, y: point },
];
const runtimeData = { nonce: "n".repeat(16), keys };

describe("runtime data", () => {
  it("is closed: a requester cannot add what a policy might take for measured", () => {
    expect(runtimeDataSchema.safeParse(runtimeData).success).toBe(true);
    const more = { ...runtimeData, "secure-boot": true };
    expect(runtimeDataSchema.safeParse(more).success).toBe(false);
  });

  it.each([
    ["with what the plugin is", { name: "strongroom-node", version: "0.1.0" }, true],
    ["without a version", { name: "strongroom-node" }, false],
    ["with more", { name: "a", version: "1", measurement: "00" }, false],
    ["with a name of many lines", { name: "a\nb", version: "1" }, false],
  ])("may name a workload %s", (_, workload, isGood) => {
    expect(runtimeDataSchema.safeParse({ ...runtimeData, workload }).success).toBe(isGood);
  });

  it.each([
    ["a private key", [keys[0], { ...keys[1], d: point }, keys[2]]],
    ["keys in another order", [keys[1], keys[0], keys[2]]],
    [
      "a key with two purposes",
      [keys[0], { ...keys[1], key_ops: ["deriveKey", "verify"] }, keys[2]],
    ],
    ["two keys", keys.slice(1)],
  ])("refuses %s", (_, wrong) => {
    expect(runtimeDataSchema.safeParse({ ...runtimeData, keys: wrong }).success).toBe(false);
  });
});

describe("TPM evidence", () => {
  const evidence = { type: "tpm", akPublic: "AA", quote: "AA", signature: "AA", runtimeData: "AA" };
  const withPcrs = (sha256: object) =>
    tpmEvidenceSchema.safeParse({ ...evidence, pcrs: { sha256 } }).success;

  it("has PCRs 0 to 23 of 32 bytes", () => {
    expect(withPcrs({ "0": "0".repeat(64), "23": "f".repeat(64) })).toBe(true);
    expect(withPcrs({ "24": "0".repeat(64) })).toBe(false);
    expect(withPcrs({ "07": "0".repeat(64) })).toBe(false);
    expect(withPcrs({ "0": "0".repeat(40) })).toBe(false);
  });
});

describe("a release", () => {
  const target = "a.b.c";
  const item = { kind: "secrets", name: "db-password" };

  it("asks for one to 128 objects by Key Vault's names", () => {
    const accepts = (items: readonly object[]) =>
      releaseRequestSchema.safeParse({ target, items }).success;
    expect(accepts([item])).toBe(true);
    expect(accepts([])).toBe(false);
    expect(accepts(new Array(129).fill(item))).toBe(false);
    expect(accepts([{ ...item, name: "../../etc/passwd" }])).toBe(false);
    expect(accepts([{ ...item, version: "current" }])).toBe(false);
  });

  it("cannot be granted without saying which value", () => {
    const head = { log: "l", size: 1, root: "0".repeat(64) };
    const whom = { pod: { uid: "p" }, vault: { uid: "v", name: "v" } };
    const payload = { jti: "j".repeat(16), iat: 1, ...whom, head };
    const accepts = (answer: object) =>
      releasePayloadSchema.safeParse({ ...payload, items: [answer] }).success;
    expect(accepts({ ...item, result: "denied", class: "PolicyDenied" })).toBe(true);
    expect(accepts({ ...item, result: "granted" })).toBe(false);
    expect(accepts({ ...item, result: "denied", class: "Because" })).toBe(false);
  });
});

describe("building blocks", () => {
  it("bound what they take", () => {
    expect(base64url(3).safeParse("AAAA").success).toBe(true);
    expect(base64url(3).safeParse("AAAAA").success).toBe(false);
    expect(base64url(3).safeParse("AA==").success).toBe(false);
    expect(compact(3, 10).safeParse("a.b.c").success).toBe(true);
    expect(compact(5, 10).safeParse("a.b.c").success).toBe(false);
    expect(compact(3, 4).safeParse("a.b.c").success).toBe(false);
  });
});

describe("specs", () => {
  it("gives each principal exactly one face, as the API server does", () => {
    const withPrincipal = (principal: object) => {
      const role = { role: "Key Vault Secrets User", principals: [principal] };
      return secretVaultSpecSchema.safeParse({ roleAssignments: [role] }).success;
    };
    const oidc = { issuer: "https://issuer.example", subject: "s" };
    expect(withPrincipal({ oidc })).toBe(true);
    expect(withPrincipal({ oidc, serviceAccount: { name: "a" } })).toBe(false);
    expect(withPrincipal({})).toBe(false);
    expect(withPrincipal({ oidc: { ...oidc, issuer: "http://issuer.example" } })).toBe(false);
  });

  it("bounds a policy, whose grammar the CRD leaves open", () => {
    const spec = { vault: "v", selector: { kinds: ["secrets"], names: ["*"] } };
    const accepts = (policy: object) =>
      keyReleasePolicySpecSchema.safeParse({ ...spec, policy }).success;
    expect(accepts({ anyOf: [] })).toBe(true);
    expect(accepts({ anyOf: ["x".repeat(65_536)] })).toBe(false);
  });

  it("enrols listed devices only, unless told otherwise", () => {
    const authority = attestationAuthoritySpecSchema.parse({ tpm: { trustRoots: [] } });
    expect(authority.enrolment).toBe("Listed");
    expect(authority.tpm.pcrs).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(authority.tokenLifetimeSeconds).toBe(900);
  });
});
