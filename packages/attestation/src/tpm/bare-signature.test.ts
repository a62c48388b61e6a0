// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { fromHex, toHex } from "@strongroom/core";
import { listing } from "../__fixtures__/anchored-quotes.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { ecdsaSignature } from "../__fixtures__/test-attestation-key.ts";
import { encodeQuote } from "../__fixtures__/test-quote.ts";
import { readSignatures } from "./bare-signature.ts";
import { collectTpmEvidence } from "./collect-tpm-evidence.ts";
import { verifyAnchoredQuotes } from "./verify-anchored-quotes.ts";
import { hasSignatureOf } from "./verify-tpm-signature.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const pss = {
  publicKey: rsa.publicKey,
  privateKey: { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING },
};

describe("a quote's signature", () => {
  it.each([
    ["RSA", rsa, ["sha256", "sha384", "sha512"]],
    ["RSAPSS", pss, ["sha256", "sha384", "sha512"]],
    ["P-256", p256, ["sha256", "sha384"]],
    ["P-384", p384, ["sha384", "sha512"]],
  ] as const)("is taken bare, as OpenSSL has it: %s", (_, { privateKey, publicKey }, hashes) => {
    const root = { name: "test", class: "software", fingerprint: "00" } as const;
    const check = (quote: Uint8Array, signature: Uint8Array) =>
      verifyAnchoredQuotes(
        collectTpmEvidence([quote, signature, listing]),
        [{ key: publicKey, root }],
        "unbound",
      );
    for (const hash of hashes) {
      const quote = encodeQuote({}, hash);
      // Their numbers are of one length or the other.
      for (let count = 0; count < 20; count += 1) {
        const signature = new Uint8Array(sign(hash, quote, privateKey));
        expect(check(quote, signature)).toMatchObject({ kind: "verified" });
      }
      const other = new Uint8Array(sign(hash, encodeQuote({ bank: "sha384" }), privateKey));
      expect(check(quote, other)).toMatchObject({ class: "bad-signature" });
    }
  });

  it("is bare by SHA-1 of nobody", () => {
    const quote = encodeQuote({}, "sha1");
    for (const { privateKey, publicKey } of [rsa, p256]) {
      const signature = new Uint8Array(sign("sha1", quote, privateKey));
      const read = readSignatures(signature, publicKey);
      expect(read.some((one) => hasSignatureOf(publicKey, one, quote))).toBe(false);
    }
  });

  it("is the TPM's where it is not bare", () => {
    const [r, s] = [fromHex("01"), fromHex("02")];
    for (const { publicKey } of [rsa, p256, p384]) {
      expect(readSignatures(ecdsaSignature(r, s, "sha384"), publicKey)).toEqual([
        { ...{ algorithm: "ecdsa", hash: "sha384", r, s } },
      ]);
    }
  });

  it("loses the zero that says that a number is positive, and no other", () => {
    const { publicKey } = p256;
    const [read] = readSignatures(fromHex("30080202008002020100"), publicKey);
    expect(read && "r" in read && [toHex(read.r), toHex(read.s)]).toEqual(["80", "0100"]);
  });

  it.each([
    ["one number", "3003020101", "bytes expected"],
    ["three numbers", "3009020101020101020101", "after the end"],
    ["text for a number", "30060c0101020101", "something else than numbers"],
    ["a number that is padded", "3007020200010201ff", "one DER form"],
    ["more behind it", "300602010102010100", "after the end"],
    ["a length that is none", "30800201010201010000", "indefinite"],
  ])("is malformed with %s", (_, hex, message) => {
    expect(() => readSignatures(fromHex(hex), p256.publicKey)).toThrow(malformedWith(message));
  });
});
