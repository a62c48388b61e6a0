// SPDX-License-Identifier: Apache-2.0
/** Public areas of a TPM's keys: read, malformed, named, and no attestation key's. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { akAttributes, ecdsaKey } from "../__fixtures__/test-attestation-key.ts";
import { area, eccParts, modulus, none, one, rsaParts, zeros } from "../__fixtures__/tpm-areas.ts";
import { tpmAlgorithm } from "./algorithms.ts";
import { assessAttestationKey } from "./assess-attestation-key.ts";
import { u16be } from "./encode.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { tpmName } from "./tpm-key.ts";

describe("a public area", () => {
  const common = { nameAlgorithm: "sha256", attributes: akAttributes };
  it.each<[string, Uint8Array, object]>([
    [
      "of a curve, with coordinates that are cut short",
      area(0x23, eccParts(3, one, zeros(32))),
      {
        ...{ ...common, type: "ecc", curve: "P-256", y: zeros(32) },
        ...{ x: concatBytes(zeros(31), one), scheme: { algorithm: "ecdsa", hash: "sha256" } },
      },
    ],
    [
      "of P-384, with the longest policy",
      area(0x23, eccParts(4, zeros(48), zeros(48)), zeros(64)),
      { type: "ecc", curve: "P-384", x: zeros(48), y: zeros(48) },
    ],
    [
      "of RSA without a scheme, its exponent left out",
      area(1, rsaParts(2048, 0, modulus)),
      { ...common, type: "rsa", keyBits: 2048, exponent: 65537, modulus, scheme: undefined },
    ],
    [
      "of a storage key, with an exponent of its own",
      area(1, concatBytes(fromHex("000600800043"), rsaParts(2048, 3, modulus).slice(2))),
      { type: "rsa", exponent: 3 },
    ],
    [
      "of the longest modulus",
      area(1, rsaParts(4096, 0, concatBytes(modulus, zeros(256)))),
      { keyBits: 4096 },
    ],
  ])("is read %s", (_, bytes, key) => {
    expect(parseTpmPublic(bytes)).toMatchObject({ ...key, encoded: bytes });
  });

  it.each<[string, string, Uint8Array]>([
    ["of another type", "key of type 0x8", area(8, rsaParts(2048, 0, modulus))],
    ["of an unknown name", "0x99", area(1, rsaParts(2048, 0, modulus), zeros(0), 0x99)],
    ["with a long policy", "65 bytes where at most 64", area(1, zeros(9), zeros(65))],
    ["of another cipher", "AES-CFB", area(1, fromHex("002600800043"))],
    ["of another mode", "AES-CFB", area(1, fromHex("000600800042"))],
    ["of another scheme", "scheme 0x1a", area(1, fromHex("0010001a000b"))],
    ["of a modulus that is short", "size", area(1, rsaParts(2048, 0, modulus.slice(1)))],
    ["of other bits", "size", area(1, rsaParts(2040, 0, modulus))],
    ["of a modulus with a zero first", "size", area(1, rsaParts(2048, 0, zeros(256)))],
    ["of no modulus", "size", area(1, rsaParts(0, 0, zeros(0)))],
    ["of a modulus beyond 4096 bits", "at most 512", area(1, rsaParts(4104, 0, zeros(513)))],
    ["of another curve", "curve 0x10", area(0x23, eccParts(0x10, one, one))],
    ["of a curve with a derivation", "derivation", area(0x23, eccParts(3, one, one, 0x20))],
    ["of a long coordinate", "33 bytes", area(0x23, eccParts(3, zeros(33), one))],
    ["of a coordinate beyond all curves", "at most 66", area(0x23, eccParts(3, zeros(67), one))],
    [
      "with more behind a curve's",
      "after the end",
      area(0x23, concatBytes(eccParts(3, one, one), one)),
    ],
    [
      "with more behind RSA's",
      "after the end",
      area(1, concatBytes(rsaParts(2048, 0, modulus), one)),
    ],
  ])("is malformed %s: %s", (_, message, bytes) => {
    expect(() => parseTpmPublic(bytes)).toThrow(malformedWith(message));
  });

  it("has a name by its own hash, which an attestation key is known by", () => {
    const { akPublic } = ecdsaKey();
    const name = tpmName(parseTpmPublic(akPublic));
    expect(assessAttestationKey(akPublic)).toEqual({ kind: "verified", claims: { name } });
    expect(name).toHaveLength(34);
    expect(name.slice(0, 2)).toEqual(u16be(tpmAlgorithm.sha256));
    const longer = akPublic.slice().fill(0x0c, 3, 4);
    expect(tpmName(parseTpmPublic(longer))).toHaveLength(50);
  });

  it.each<[string, Uint8Array, string]>([
    ["RSA of 2047 bits", rsaAk(2040, 0), "rsa key of 2040 bits"],
    ["a small exponent", rsaAk(2048, 3), "exponent 3"],
    ["no scheme", area(1, rsaParts(2048, 0, modulus)), "no scheme"],
    ["a scheme over SHA-1", rsaAk(2048, 0, 0x0004), "strong hash"],
    ["a name by SHA-1", rsaAk(2048, 0, 0x000b, 0x0004), "names by sha1"],
  ])("is no attestation key's with %s", (_, akPublic, reason) => {
    expect(assessAttestationKey(akPublic)).toMatchObject({
      class: "policy-denied",
      reason: expect.stringContaining(reason),
    });
  });

  function rsaAk(bits: number, exponent: number, hash = 0x000b, name = 0x000b): Uint8Array {
    const number = concatBytes(Uint8Array.of(0x80), zeros(bits / 8 - 2), one);
    const parts = rsaParts(bits, exponent, number).slice(4);
    return area(1, concatBytes(none, u16be(0x14), u16be(hash), parts), zeros(0), name);
  }
});
