// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromBase64url, fromHex, utf8 } from "@strongroom/core";
import { type CborValue, type CcaTokenRequest, createCcaVendor } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { parseCcaToken } from "./parse-cca-token.ts";

const vendor = createCcaVendor();
const parse = (request: CcaTokenRequest) => parseCcaToken(vendor.token(request));
const component = {
  pairs: [[2, new Uint8Array(48)] as const, [5, new Uint8Array(64)] as const],
};

/** Numbers of the curve, bytes of a coordinate. */
const curves = { "P-256": [1, 32], "P-384": [2, 48], "P-521": [3, 66] } as const;

function pointOf(crv: keyof typeof curves) {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: crv });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  return { publicKey, x: fromBase64url(x), y: fromBase64url(y) };
}

/** COSE_Key: type, curve, x, y. */
function coseKey(type: number, curve: number, x: Uint8Array, y: Uint8Array): Uint8Array {
  const sized = (label: number, bytes: Uint8Array) =>
    concatBytes(Uint8Array.of(label, 0x58, bytes.length), bytes);
  return concatBytes(Uint8Array.of(0xa4, 1, type, 0x20, curve), sized(0x21, x), sized(0x22, y));
}

const { x, y } = pointOf("P-256");
const point = (...parts: readonly Uint8Array[]): CcaTokenRequest => ({
  realm: { 44237: concatBytes(...parts) },
});
const wrapped = (key: CborValue): CcaTokenRequest => ({ form: "wrapped", realm: { 44237: key } });

/** CMW record of an unsigned claim set: the devices that are assigned to a realm. */
const devices = [44258, [601, utf8("devices")]] as const;
const manyParts = (count: number) =>
  Array.from({ length: count }, (_, index) => [50_000 + index, 0] as const);

/** A realm that names no profile and has its key in a COSE_Key, as RMM 2.0 allows. */
const unnamed = (key: Uint8Array): CcaTokenRequest => ({
  ...wrapped(key),
  realm: { 265: undefined, 44237: key },
});

describe("a cca token's structure", () => {
  it.each(["P-256", "P-384", "P-521"] as const)(
    "has a realm's key of %s, in either form",
    (crv) => {
      const key = pointOf(crv);
      const bare = parse(point(Uint8Array.of(4), key.x, key.y));
      expect(bare.realm.claims.key.equals(key.publicKey)).toBe(true);
      const cose = parse(wrapped(coseKey(2, curves[crv][0], key.x, key.y)));
      expect(cose.realm.claims.key.equals(key.publicKey)).toBe(true);
      const bareProfile = parse(unnamed(coseKey(2, curves[crv][0], key.x, key.y)));
      expect(bareProfile.realm.claims.key.equals(key.publicKey)).toBe(true);
    },
  );

  it.each<[string, CcaTokenRequest]>([
    ["a service's name of 1024 characters", { platform: { 2400: "a".repeat(1024) } }],
    ["64 components", { platform: { 2399: Array<CborValue>(64).fill(component) } }],
    ["a configuration of one byte", { platform: { 2401: new Uint8Array(1) } }],
    ["claims of no meaning", { platform: { 9999: "other" }, realm: { 9999: 1 } }],
    ["a realm's devices beside it", { form: "wrapped", parts: [devices] }],
    [
      "certificates, logs and its type beside it",
      {
        form: "wrapped",
        parts: [
          devices,
          [44254, [1, utf8("")]],
          [44256, null],
          ["__cmwc_t", "tag:arm.com,2024:cca"],
        ],
      },
    ],
    ["16 parts", { form: "wrapped", parts: manyParts(14) }],
    [
      "its certificate's thumbprint signed and the certificate beside it",
      {
        protectedHeader: [[34, [-16, new Uint8Array(32)]]],
        unprotectedHeader: { pairs: [[33, utf8("der")]] },
      },
    ],
  ])("may have %s", (_, request) => {
    expect(() => parse(request)).not.toThrow();
  });

  it.each([
    ["unknown", 0x00ff],
    ["assembly-and-test", 0x1000],
    ["provisioning", 0x2000],
    ["secured", 0x30ff],
    ["non-cca-platform-debug", 0x4000],
    ["recoverable-cca-platform-debug", 0x5000],
    ["decommissioned", 0x6000],
  ])("has a platform that is %s, whatever its lower byte", (lifecycle, value) => {
    expect(parse({ platform: { 2395: value } }).platform.claims.lifecycle).toBe(lifecycle);
  });

  const lifecycle = "profile, lifecycle or instance";
  it.each<[string, string, CcaTokenRequest]>([
    ["a service's name of 1025 characters", "2400", { platform: { 2400: "a".repeat(1025) } }],
    ["a service's name that is none", "2400", { platform: { 2400: utf8("a") } }],
    ["65 components", "no software", { platform: { 2399: Array<CborValue>(65).fill(component) } }],
    ["a component that is none", "software component", { platform: { 2399: [1] } }],
    ["components in a map", "2399", { platform: { 2399: component } }],
    ["a lifecycle in text", "2395", { platform: { 2395: "12291" } }],
    ["a lifecycle before all", lifecycle, { platform: { 2395: -1 } }],
    ["a lifecycle beyond all", lifecycle, { platform: { 2395: 2 ** 32 + 0x3000 } }],
    ["an instance of another type", lifecycle, { platform: { 256: new Uint8Array(33).fill(2) } }],
    ["17 parts", "other parts than two", { form: "wrapped", parts: manyParts(15) }],
    ["a part by a name", "other parts than two", { form: "wrapped", parts: [["devices", 0]] }],
    ["a third part in the first form", "other parts than two", { parts: [devices] }],
    ["a certificate that is signed", "not signed with", { protectedHeader: [[33, utf8("der")]] }],
    ["a bare point under a profile", "not cbor", wrapped(concatBytes(Uint8Array.of(4), x, y))],
    ["a measurement that is none", "44239", { realm: { 44239: [1, 2, 3, 4] } }],
    ["a measurement of 33 bytes", "44238", { realm: { 44238: new Uint8Array(33) } }],
    ["five measurements", "other measurements", { realm: { 44239: [1, 2, 3, 4, 5] } }],
    ["a point of no curve", "no point", point(Uint8Array.of(4), x)],
    ["a point with a byte more", "no point", point(Uint8Array.of(4), x, y, Uint8Array.of(0))],
    ["a point in another form", "no point", point(Uint8Array.of(5), x, y)],
    ["a point off its curve", "no point of its curve", point(Uint8Array.of(4), x, x)],
    ["a key that is no map", "no COSE_Key", wrapped(Uint8Array.of(0x80))],
    ["a key of another type", "no COSE_Key", wrapped(coseKey(1, 1, x, y))],
    ["a key of another curve", "no point", wrapped(coseKey(2, 6, x, y))],
    ["a key without coordinates", "no point", wrapped(fromHex("a201022001"))],
    ["a key with one coordinate", "no point", wrapped(coseKey(2, 1, x, y).fill(0x23, 40, 41))],
    [
      "a key whose y is in the place of x",
      "no point",
      wrapped(coseKey(2, 1, x, y).fill(0x24, 5, 6)),
    ],
    ["a short x", "another size", wrapped(coseKey(2, 1, x.slice(1), y))],
    ["a short y", "another size", wrapped(coseKey(2, 1, x, y.slice(1)))],
  ])("is malformed with %s: %s", (_, message, request) => {
    expect(() => parse(request)).toThrow(malformedWith(message));
  });

  it.each<[string, string, string]>([
    ["another tag", "not a cca token", "d90190a0"],
    ["no tag", "not a cca token", "a0"],
    ["a list", "other parts than two", "d9018f80"],
    ["no part", "other parts than two", "d9018fa0"],
    ["three parts", "other parts than two", "d9018fa3014002400340"],
    ["other parts", "is none", "d9018fa201400240"],
    ["parts in pairs under the first tag", "is none", "d9018fa219acca82190107400140"],
    ["bare parts under the other tag", "is none", "d9038ba219acca400140"],
    ["pairs of another format", "is none", "d9038ba219acca82190108400140"],
    ["a pair of one", "is none", "d9038ba219acca811901070140"],
    ["a pair of three", "is none", "d9038ba219acca8319010740000140"],
    ["a pair in text", "is none", "d9038ba219acca8219010761610140"],
  ])("is malformed with %s: %s", (_, message, hex) => {
    expect(() => parseCcaToken(fromHex(hex))).toThrow(malformedWith(message));
  });

  it("has claims in a map alone", () => {
    // Array of four: header of ES384, nothing unsigned, an empty list for claims, 96 bytes.
    const sign1 = `8444a1013822a041805860${"00".repeat(96)}`;
    const part = `586b${sign1}`;
    const hex = `d9018fa219acca${part}19acd1${part}`;
    expect(() => parseCcaToken(fromHex(hex))).toThrow(malformedWith("has no claims"));
  });
});
