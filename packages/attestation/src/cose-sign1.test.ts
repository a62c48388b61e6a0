// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { type CoseProfile, isSignedBy, parseCoseSign1 } from "./cose-sign1.ts";

const profile: CoseProfile = {
  algorithms: ["ES256", "ES512"],
  protectedLabels: [4],
  unprotectedLabels: [3],
};
const es256 = fromHex("a10126");

/** A byte string with its length in the shortest form. */
function bytes(value: Uint8Array): Uint8Array {
  const { length } = value;
  const head =
    length < 24
      ? [0x40 | length]
      : length < 0x100
        ? [0x58, length]
        : [0x59, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.from(head), value);
}

const array = (...parts: readonly Uint8Array[]) =>
  concatBytes(Uint8Array.of(0x80 | parts.length), ...parts);
const empty = Uint8Array.of(0xa0);

interface Changes {
  readonly header?: Uint8Array;
  readonly unprotected?: Uint8Array;
  readonly payload?: Uint8Array;
  readonly signature?: Uint8Array;
}

const sign1 = (changes: Changes = {}) =>
  array(
    ...[bytes(changes.header ?? es256), changes.unprotected ?? empty],
    ...[bytes(changes.payload ?? utf8("p")), bytes(changes.signature ?? new Uint8Array(64))],
  );

describe("a COSE_Sign1", () => {
  it.each([0, 23, 24, 255, 256, 60_000])("is verified over a payload of %i bytes", (length) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const payload = new Uint8Array(length).fill(5);
    // RFC 9052, section 4.4: context, protected header, no external data, payload.
    const context = concatBytes(Uint8Array.of(0x6a), utf8("Signature1"));
    const signed = array(context, bytes(es256), bytes(new Uint8Array()), bytes(payload));
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" as const };
    const signature = new Uint8Array(sign("sha256", signed, key));
    const parsed = parseCoseSign1(sign1({ payload, signature }), profile);
    expect(parsed).toEqual({ algorithm: "ES256", payload, signed, signature });
    expect(isSignedBy(parsed, publicKey)).toBe(true);
    expect(isSignedBy({ ...parsed, signed: concatBytes(signed, empty) }, publicKey)).toBe(false);
    expect(isSignedBy({ ...parsed, algorithm: "ES384" }, publicKey)).toBe(false);
    for (const namedCurve of ["P-384", "secp256k1"]) {
      const other = generateKeyPairSync("ec", { namedCurve });
      const of = new Uint8Array(sign("sha256", signed, { ...key, key: other.privateKey }));
      expect(isSignedBy({ ...parsed, signature: of }, other.publicKey)).toBe(false);
    }
  });

  it.each<[string, Uint8Array]>([
    ["its tag", concatBytes(Uint8Array.of(0xd2), sign1())],
    ["a header that its profile has", sign1({ header: fromHex("a201260441aa") })],
    ["an unsigned header that its profile has", sign1({ unprotected: fromHex("a103182a") })],
    [
      "another algorithm of its profile",
      sign1({ header: fromHex("a1013823"), signature: new Uint8Array(132) }),
    ],
  ])("may have %s", (_, document) => {
    expect(() => parseCoseSign1(document, profile)).not.toThrow();
  });

  it.each<[string, string, Uint8Array]>([
    ["that is a map", "not a COSE_Sign1", empty],
    ["of three parts", "not a COSE_Sign1", array(bytes(es256), empty, bytes(es256))],
    [
      "of five parts",
      "not a COSE_Sign1",
      concatBytes(Uint8Array.of(0x85), sign1().slice(1), empty),
    ],
    ["of text of four characters", "not a COSE_Sign1", fromHex("6461626364")],
    ["with another tag", "not a COSE_Sign1", concatBytes(Uint8Array.of(0xd1), sign1())],
    [
      "whose header is a map",
      "no byte string",
      array(es256, empty, bytes(es256), bytes(new Uint8Array(64))),
    ],
    [
      "whose payload is missing",
      "no byte string",
      array(bytes(es256), empty, Uint8Array.of(0xf6), bytes(new Uint8Array(64))),
    ],
    [
      "whose signature is text",
      "no byte string",
      array(bytes(es256), empty, bytes(es256), fromHex("6161")),
    ],
    [
      "with an unsigned header of no meaning",
      "nobody signed",
      sign1({ unprotected: fromHex("a10441aa") }),
    ],
    ["with unsigned headers in a list", "nobody signed", sign1({ unprotected: fromHex("80") })],
    ["with a header of no meaning", "ES256 or ES512", sign1({ header: fromHex("a201260341aa") })],
    ["without an algorithm", "ES256 or ES512", sign1({ header: fromHex("a0") })],
    [
      "with an algorithm that its profile has not",
      "ES256 or ES512",
      sign1({ header: fromHex("a1013822") }),
    ],
    ["with a header that is no map", "ES256 or ES512", sign1({ header: fromHex("80") })],
    ["with a short signature", "another algorithm", sign1({ signature: new Uint8Array(63) })],
    ["with a long signature", "another algorithm", sign1({ signature: new Uint8Array(96) })],
  ])("is malformed %s: %s", (_, message, document) => {
    expect(() => parseCoseSign1(document, profile)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
