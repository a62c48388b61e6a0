// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromBase64url, fromHex, u32be, u64be, utf8 } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { rsaKey } from "../__fixtures__/test-attestation-key.ts";
import { one, zeros } from "../__fixtures__/tpm-areas.ts";
import type { TpmHash } from "./algorithms.ts";
import { tpm2b, u16be } from "./encode.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { parseTpmQuote } from "./parse-tpm-quote.ts";
import { parseTpmSignature } from "./parse-tpm-signature.ts";
import { parsePcrBanks, toPcrBanks } from "./pcr-values.ts";
import { tpmPublicKey } from "./tpm-key.ts";
import { hasSignatureOf } from "./verify-tpm-signature.ts";

describe("a signature's structure", () => {
  const of = (scheme: number, ...parts: readonly Uint8Array[]) =>
    concatBytes(u16be(scheme), u16be(0x0c), ...parts.map(tpm2b));
  it.each([
    [of(0x14, zeros(512)), { algorithm: "rsassa", hash: "sha384", value: zeros(512) }],
    [of(0x16, one), { algorithm: "rsapss", hash: "sha384", value: one }],
    [of(0x18, one, zeros(66)), { algorithm: "ecdsa", hash: "sha384", r: one, s: zeros(66) }],
  ])("is read: %j", (bytes, signature) => {
    expect(parseTpmSignature(bytes)).toEqual(signature);
  });

  it.each<[string, Uint8Array]>([
    ["at most 512", of(0x14, zeros(513))],
    ["at most 512", of(0x16, zeros(513))],
    ["at most 66", of(0x18, zeros(67), one)],
    ["at most 66", of(0x18, one, zeros(67))],
    ["scheme 0x1a", of(0x1a, one, one)],
    ["1 bytes after the end", concatBytes(of(0x14, one), one)],
  ])("is malformed: %s", (message, bytes) => {
    expect(() => parseTpmSignature(bytes)).toThrow(malformedWith(message));
  });
});

describe("a signature by a key of which the numbers are known", () => {
  const message = utf8("message");
  const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
  const attestationKey = rsaKey("rsassa");
  const ecdsaBy = (pair: ReturnType<typeof ec>, hash: TpmHash) => {
    const value = sign(hash, message, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
    const half = value.length / 2;
    const [r, s] = [value.subarray(0, half), value.subarray(half)];
    return { algorithm: "ecdsa", hash, r, s } as const;
  };

  it.each<[string, TpmHash, boolean]>([
    ["P-256", "sha256", true],
    ["P-384", "sha384", true],
    ["P-521", "sha512", true],
    ["secp256k1", "sha256", false],
  ])("of %s with %s is one: %s", (curve, hash, isOne) => {
    const pair = ec(curve);
    const signature = ecdsaBy(pair, hash);
    expect(hasSignatureOf(pair.publicKey, signature, message)).toBe(isOne);
    expect(hasSignatureOf(pair.publicKey, signature, utf8("other"))).toBe(false);
    expect(hasSignatureOf(pair.publicKey, { ...signature, r: zeros(32) }, message)).toBe(false);
    expect(hasSignatureOf(pair.publicKey, { ...signature, s: zeros(32) }, message)).toBe(false);
  });

  it.each([
    ["rsassa", constants.RSA_PKCS1_PADDING, undefined],
    ["rsapss", constants.RSA_PKCS1_PSS_PADDING, 32],
    ["rsapss", constants.RSA_PKCS1_PSS_PADDING, 190],
  ] as const)("of %s is one, whichever salt: %i, %i", (algorithm, padding, saltLength) => {
    const salt = saltLength === undefined ? {} : { saltLength };
    const value = sign("sha256", message, { key: rsa.privateKey, padding, ...salt });
    const signature = { algorithm, hash: "sha256", value } as const;
    expect(hasSignatureOf(rsa.publicKey, signature, message)).toBe(true);
    expect(hasSignatureOf(rsa.publicKey, { ...signature, hash: "sha384" }, message)).toBe(false);
    const longer = { ...signature, value: concatBytes(zeros(1), value) };
    expect(hasSignatureOf(rsa.publicKey, longer, message)).toBe(false);
  });

  it("is none by a key of another kind", () => {
    const value = sign("sha256", message, rsa.privateKey);
    const signature = { algorithm: "rsassa", hash: "sha256", value } as const;
    const ofPss = { ...signature, value: sign("sha256", message, pss.privateKey) };
    const bare = { ...ofPss, algorithm: "rsapss" } as const;
    expect(hasSignatureOf(pss.publicKey, bare, message)).toBe(false);
    expect(hasSignatureOf(ec("P-256").publicKey, signature, message)).toBe(false);
    expect(hasSignatureOf(rsa.publicKey, ecdsaBy(ec("P-256"), "sha256"), message)).toBe(false);
  });

  it("is verified by the key of its public area", () => {
    const key = attestationKey;
    const found = tpmPublicKey(parseTpmPublic(key.akPublic));
    const { n = "" } = createPublicKey(found.export({ type: "spki", format: "pem" })).export({
      format: "jwk",
    });
    expect(fromBase64url(n)).toEqual(key.akPublic.slice(-256));
    expect(hasSignatureOf(found, parseTpmSignature(key.sign(message)), message)).toBe(true);
  });
});

describe("a quote's structure", () => {
  interface Parts {
    readonly name?: Uint8Array;
    readonly extraData?: Uint8Array;
    readonly safe?: number;
    readonly selections?: readonly string[];
    readonly digest?: Uint8Array;
  }
  const quote = ({ name = one, extraData = one, safe = 1, digest = one, ...rest }: Parts = {}) => {
    const selections = rest.selections ?? ["000b03800001", "000c0401000080"];
    return concatBytes(
      ...[fromHex("ff5443478018"), tpm2b(name), tpm2b(extraData), u64be(9), u32be(1), u32be(2)],
      ...[Uint8Array.of(safe), u64be(3), u32be(selections.length), ...selections.map(fromHex)],
      tpm2b(digest),
    );
  };

  it("is read, its registers by bit and byte", () => {
    const longest = { name: zeros(66), extraData: zeros(66), digest: zeros(64) };
    expect(parseTpmQuote(quote({ ...longest, safe: 0 }))).toEqual({
      qualifiedSigner: zeros(66),
      ...{ extraData: zeros(66), clock: 9n, resetCount: 1, restartCount: 2, safe: false },
      firmwareVersion: 3n,
      selections: [
        { bank: "sha256", indexes: [7, 16] },
        { bank: "sha384", indexes: [0, 31] },
      ],
      pcrDigest: zeros(64),
    });
    expect(parseTpmQuote(quote())).toMatchObject({ safe: true });
  });

  it("may select nothing of banks that are not read, however often", () => {
    const others = ["0012", "0027", "0028", "0029", "0012"].map((bank) => `${bank}03000000`);
    expect(parseTpmQuote(quote({ selections: [...others, "000b03010000"] }))).toMatchObject({
      selections: [{ bank: "sha256", indexes: [0] }],
    });
  });

  it.each<[string, Parts]>([
    ["at most 66", { name: zeros(67) }],
    ["at most 66", { extraData: zeros(67) }],
    ["at most 64", { digest: zeros(65) }],
    ["neither yes nor no", { safe: 2 }],
    ["pcr selection of 5 bytes", { selections: ["000b050000000000"] }],
    ["0x99 is not known", { selections: ["009903000000"] }],
    ["bank 0x12 are not read", { selections: ["000b03800001", "001203010000"] }],
    ["selected twice", { selections: ["000b03000000", "000b03010000"] }],
    ["9 pcr selections", { selections: Array(9).fill("000b03000000") }],
    ["selected twice", { selections: Array(8).fill("000b03000000") }],
  ])("is malformed: %s", (message, parts) => {
    expect(() => parseTpmQuote(quote(parts))).toThrow(malformedWith(message));
  });
});

describe("values of registers", () => {
  const digest = "00".repeat(32);
  const all = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [index, digest]));

  it("are those of 32 registers, of any bank, and are written as they were read", () => {
    const banks = { sha256: all, sha512: { "7": "ab".repeat(64) }, sha1: {} };
    expect(toPcrBanks(parsePcrBanks(banks))).toEqual(banks);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["33 pcr values", { sha256: { ...all, "32": digest } }],
    ["no number of a pcr", { sha256: { "32": digest } }],
    ["no number of a pcr", { sha256: { "100": digest } }],
    ["no number of a pcr", { sha256: { "-1": digest } }],
    ["no number of a pcr", { sha256: { " 1": digest } }],
    ["no sha256 digest", { sha256: { "0": "0".repeat(65) } }],
    ["no sha256 digest", { sha256: { "0": "00".repeat(48) } }],
    ["no sha256 digest", { sha256: { "0": ` ${"0".repeat(63)}` } }],
    ["no sha256 digest", { sha256: { "0": `${"0".repeat(63)}\n` } }],
    ["no sha256 digest", { sha256: { "0": [digest] } }],
    ["bank is not known", { sha3: { "0": digest } }],
  ])("are malformed: %s", (message, banks) => {
    expect(() => parsePcrBanks(banks as Parameters<typeof parsePcrBanks>[0])).toThrow(
      malformedWith(message),
    );
  });
});
