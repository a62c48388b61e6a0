// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { hasJwtSignature, isKeyFor, type JwtAlgorithm } from "./algorithms.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const curves = { ES256: ec("P-256"), ES384: ec("P-384"), ES512: ec("P-521") } as const;
const signed = utf8("header.payload");
const dsaEncoding = "ieee-p1363" as const;
const padding = constants.RSA_PKCS1_PSS_PADDING;
const hashes = { 256: "sha256", 384: "sha384", 512: "sha512" } as const;

type Size = keyof typeof hashes;

function make(algorithm: JwtAlgorithm, size: Size, saltLength: number = size / 8) {
  const hash = hashes[size];
  switch (algorithm) {
    case "RS256":
    case "RS384":
      return sign(hash, signed, rsa.privateKey);
    case "PS256":
    case "PS384":
      return sign(hash, signed, { key: rsa.privateKey, padding, saltLength });
    default:
      return sign(hash, signed, { key: curves[algorithm].privateKey, dsaEncoding });
  }
}

const all = ["RS256", "RS384", "PS256", "PS384", "ES256", "ES384", "ES512"] as const;
const keyOf = (algorithm: JwtAlgorithm): KeyObject =>
  (algorithm === "ES256" || algorithm === "ES384" || algorithm === "ES512"
    ? curves[algorithm]
    : rsa
  ).publicKey;

describe("a token's signature", () => {
  it.each(all)(
    "%s is verified over its own hash, in its own form, and in no other",
    (algorithm) => {
      const own = Number(algorithm.slice(2)) as Size;
      const key = keyOf(algorithm);
      for (const size of [256, 384, 512] as const) {
        const signature = make(algorithm, size);
        expect([size, hasJwtSignature(key, algorithm, signed, signature)]).toEqual([
          size,
          size === own,
        ]);
      }
      expect(hasJwtSignature(key, algorithm, utf8("header.other"), make(algorithm, own))).toBe(
        false,
      );
    },
  );

  it.each(["RS", "PS"] as const)("of %s is none of RSA's other form", (form) => {
    const other = form === "RS" ? "PS256" : "RS256";
    expect(hasJwtSignature(rsa.publicKey, `${form}256`, signed, make(other, 256))).toBe(false);
  });

  it("has a salt as long as its hash", () => {
    expect(hasJwtSignature(rsa.publicKey, "PS256", signed, make("PS256", 256, 20))).toBe(false);
  });

  it("is as long as its curve has it, and never in DER", () => {
    const key = curves.ES256.publicKey;
    const signature = make("ES256", 256);
    expect(hasJwtSignature(key, "ES256", signed, concatBytes(signature, Uint8Array.of(0)))).toBe(
      false,
    );
    const der = sign("sha256", signed, curves.ES256.privateKey);
    expect(hasJwtSignature(key, "ES256", signed, der)).toBe(false);
  });
});

describe("a key", () => {
  const kinds: Readonly<Record<string, KeyObject>> = {
    ...{ P256: curves.ES256.publicKey, P384: curves.ES384.publicKey, P521: curves.ES512.publicKey },
    ...{ rsa: rsa.publicKey, ed25519: generateKeyPairSync("ed25519").publicKey },
    short: generateKeyPairSync("rsa", { modulusLength: 2040 }).publicKey,
    pss: generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey,
  };

  it.each([
    ["P256", ["ES256"]],
    ["P384", ["ES384"]],
    ["P521", ["ES512"]],
    ["rsa", ["RS256", "RS384", "PS256", "PS384"]],
    ["short", []],
    ["pss", []],
    ["ed25519", []],
  ])("%s is for %j alone", (name, algorithms) => {
    const key = kinds[name] as KeyObject;
    expect(all.filter((algorithm) => isKeyFor(key, algorithm))).toEqual(algorithms);
  });
});
