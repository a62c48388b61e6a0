// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex } from "@strongroom/core";
import { type CcaTokenRequest, createCcaVendor } from "@strongroom/testing";
import { toCcaClaims } from "./cca-claims.ts";
import { type CcaPlatformKey, verifyCcaToken } from "./verify-cca-token.ts";

const vendor = createCcaVendor();
const other = generateKeyPairSync("ec", { namedCurve: "P-384" });
const key: CcaPlatformKey = {
  ...{ name: "test", class: "software", key: vendor.platformKey },
  implementationId: toHex(vendor.implementationId),
};
const challenge = new Uint8Array(64).fill(0xc0);

function verify(
  request: CcaTokenRequest = {},
  keys = [key],
  expected: Uint8Array | "unbound" = challenge,
) {
  return verifyCcaToken(vendor.token(request), keys, { challenge: expected });
}

describe("a cca token", () => {
  it.each(["legacy", "wrapped"] as const)("is verified in the %s form", (form) => {
    const verdict = verify({ form });
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: { binding: "bound", isDebug: false },
    });
    expect(verdict.kind === "verified" && toCcaClaims(verdict.claims)).toEqual({
      "x-ms-attestation-type": "cca",
      "x-strongroom-cca-challenge": "c0".repeat(64),
      "x-strongroom-cca-extensible-measurements": ["08", "09", "0a", "0b"].map((one) =>
        one.repeat(48),
      ),
      "x-strongroom-cca-implementation-id": "a1".repeat(32),
      "x-strongroom-cca-initial-measurement": "07".repeat(48),
      "x-strongroom-cca-instance-id": `01${"a2".repeat(32)}`,
      "x-strongroom-cca-is-debuggable": false,
      "x-strongroom-cca-lifecycle": "secured",
      "x-strongroom-cca-personalization": "06".repeat(64),
      "x-strongroom-cca-platform-config": "05".repeat(4),
      "x-strongroom-cca-platform-profile": "tag:arm.com,2023:cca_platform#1.0.0",
      "x-strongroom-cca-software": [
        { type: "BL", version: "1.2", measurement: "03".repeat(32), signer: "04".repeat(32) },
      ],
      "x-strongroom-cca-verification-service": "https://verifier.example",
      "x-strongroom-class": "software",
      "x-strongroom-root": "test",
      "x-strongroom-tier": "tee",
    });
  });

  it("claims neither a service nor what its software does not name", () => {
    const pairs = [[2, new Uint8Array(32)] as const, [5, new Uint8Array(32)] as const];
    const verdict = verify({ platform: { 2400: undefined, 2399: [{ pairs }] } });
    const claims = verdict.kind === "verified" ? toCcaClaims(verdict.claims) : {};
    expect(claims["x-strongroom-cca-software"]).toEqual([
      { measurement: "00".repeat(32), signer: "00".repeat(32) },
    ]);
    expect(claims).not.toHaveProperty("x-strongroom-cca-verification-service");
  });

  it("is refused under another platform's key, and without any", () => {
    expect(verify({}, [{ ...key, key: other.publicKey }])).toMatchObject({
      class: "bad-signature",
    });
    for (const keys of [[], [{ ...key, implementationId: "00" }], [{ ...key, instanceId: "00" }]]) {
      expect(verify({}, keys)).toMatchObject({ class: "endorsements-unavailable" });
    }
  });

  it("tells secured platforms from those that somebody may debug", () => {
    for (const lifecycle of [0x0000, 0x1000, 0x2000, 0x4000, 0x5000, 0x6001]) {
      expect(verify({ platform: { 2395: lifecycle } })).toMatchObject({
        claims: { isDebug: true },
      });
    }
    expect(verify({ platform: { 2395: 0x30ff } })).toMatchObject({ claims: { isDebug: false } });
  });

  it.each<[string, string, CcaTokenRequest]>([
    [
      "whose platform vouches for another key",
      "binding-mismatch",
      { platform: { 10: new Uint8Array(32) } },
    ],
    [
      "whose key is hashed otherwise than it says",
      "binding-mismatch",
      { realm: { 44240: "sha-512" } },
    ],
    ["whose realm was signed by another key", "bad-signature", { realmSigner: other.privateKey }],
    [
      "whose platform was signed by another key",
      "bad-signature",
      { platformSigner: other.privateKey },
    ],
    ["for another challenge", "binding-mismatch", { realm: { 10: new Uint8Array(64) } }],
    ["with a short challenge", "malformed", { realm: { 10: new Uint8Array(32) } }],
    [
      "with two challenges",
      "malformed",
      { platform: { 10: [new Uint8Array(32), new Uint8Array(32)] } },
    ],
    ["with another profile", "malformed", { platform: { 265: "http://other" } }],
    ["with another realm profile", "malformed", { realm: { 265: "http://other" } }],
    ["with another instance", "malformed", { platform: { 256: new Uint8Array(33) } }],
    ["with a short implementation", "malformed", { platform: { 2396: new Uint8Array(31) } }],
    ["with an empty configuration", "malformed", { platform: { 2401: new Uint8Array() } }],
    ["with a lifecycle that is none", "malformed", { platform: { 2395: 0x7f35 } }],
    ["with a lifecycle beyond its size", "malformed", { platform: { 2395: 0x13003 } }],
    ["without software", "malformed", { platform: { 2399: [] } }],
    [
      "with software without a signer",
      "malformed",
      { platform: { 2399: [{ pairs: [[2, new Uint8Array(32)]] }] } },
    ],
    ["with an empty service", "malformed", { platform: { 2400: "" } }],
    ["with another hash", "malformed", { platform: { 2402: "md5" } }],
    [
      "with three measurements",
      "malformed",
      { realm: { 44239: [1, 2, 3].map(() => new Uint8Array(32)) } },
    ],
    ["with a measurement of another size", "malformed", { realm: { 44238: new Uint8Array(20) } }],
    ["with a key that is none", "malformed", { realm: { 44237: new Uint8Array(97).fill(4) } }],
    [
      "with a key of the other form",
      "malformed",
      { form: "wrapped", realm: { 44237: new Uint8Array(97).fill(4) } },
    ],
    ["with headers that nobody signed", "malformed", { unprotectedHeader: { pairs: [[1, -7]] } }],
    ...[10, 256, 265, 2395, 2396, 2399, 2401, 2402].map(
      (label): [string, string, CcaTokenRequest] => [
        ...([`without the platform's claim ${label}`, "malformed"] as const),
        { platform: { [label]: undefined } },
      ],
    ),
    ...[10, 44235, 44236, 44237, 44238, 44239, 44240].map(
      (label): [string, string, CcaTokenRequest] => [
        ...([`without the realm's claim ${label}`, "malformed"] as const),
        { realm: { [label]: undefined } },
      ],
    ),
  ])("is refused %s: %s", (_, refusal, request) => {
    expect(verify(request)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is refused with bytes around it, or of another tag", () => {
    const token = vendor.token();
    for (const changed of [
      token.slice(1),
      concatBytes(token, Uint8Array.of(0)),
      token.slice(0, -1),
    ]) {
      expect(verifyCcaToken(changed, [key], { challenge })).toMatchObject({ class: "malformed" });
    }
  });

  it("says when nobody asked what it answers, and takes no shorter challenge", () => {
    expect(verify({}, [key], "unbound")).toMatchObject({ claims: { binding: "unbound" } });
    expect(() => verify({}, [key], challenge.slice(1))).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
  });
});
