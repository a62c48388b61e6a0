// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex } from "@strongroom/core";
import {
  bitString,
  commonName,
  der,
  extensionOf,
  integer,
  objectId,
  sequence,
} from "@strongroom/testing";
import { isOcspResponse, parseOcspResponse } from "./ocsp-response.ts";

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const octets = (...content: readonly Uint8Array[]) => der(0x04, ...content);
const time = (text: string) => der(0x18, Buffer.from(text));
const [from, to] = [time("20260101000000Z"), time("20260201000000Z")];
const status = (value: number) => der(0x0a, Uint8Array.of(value));
const sha1 = sequence(objectId("1.3.14.3.2.26"));
const nonceId = "1.3.6.1.5.5.7.48.1.2";
const good = der(0x80);
const id = (hash = sha1) =>
  sequence(hash, octets(Buffer.from("n")), octets(Buffer.from("k")), integer(0x80));
const single = (...parts: readonly Uint8Array[]) => sequence(...parts);
const usual = single(id(), good, from, der(0xa0, to));

interface Changes {
  readonly before?: readonly Uint8Array[];
  readonly responder?: Uint8Array;
  readonly singles?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
  readonly algorithm?: string;
  readonly unused?: number;
  readonly more?: readonly Uint8Array[];
  readonly type?: string;
  readonly make?: (data: Uint8Array) => Uint8Array;
}

function response(changes: Changes = {}): Uint8Array {
  const data = sequence(
    ...(changes.before ?? []),
    ...[changes.responder ?? der(0xa1, commonName("ca")), from],
    ...[sequence(...(changes.singles ?? [usual])), ...(changes.after ?? [])],
  );
  const signature = changes.make?.(data) ?? sign("sha256", data, ec.privateKey);
  const basic = sequence(
    ...[data, sequence(objectId(changes.algorithm ?? "1.2.840.10045.4.3.2"))],
    ...[bitString(signature, changes.unused), ...(changes.more ?? [])],
  );
  const type = objectId(changes.type ?? "1.3.6.1.5.5.7.48.1.1");
  return sequence(status(0), der(0xa0, sequence(type, octets(basic))));
}
const ending = (text: string) => response({ singles: [single(id(), good, time(text))] });
const stating = (...value: readonly Uint8Array[]) =>
  response({ singles: [single(id(), ...value, from)] });

describe("an ocsp response", () => {
  it("has its responder, statuses, nonce and certificates as they were written", () => {
    const nonce = extensionOf(nonceId, octets(Uint8Array.of(1, 2)), true);
    const more = [der(0xa0, sequence(sequence(integer(1)), sequence(integer(2))))];
    const bare = single(id(), der(0x82), from);
    const parsed = parseOcspResponse(
      response({ singles: [usual, bare], after: [der(0xa1, sequence(nonce))], more }),
    );
    const about = { hash: "sha1", issuerName: "6e", issuerKey: "6b", serial: "80" };
    const thisUpdate = new Date("2026-01-01T00:00:00Z");
    expect(parsed).toEqual({
      responder: { form: "name", value: toHex(commonName("ca")) },
      statuses: [
        { ...about, status: "good", thisUpdate, nextUpdate: new Date("2026-02-01T00:00:00Z") },
        { ...about, status: "unknown", thisUpdate },
      ],
      nonce: Uint8Array.of(1, 2),
      certificates: [sequence(integer(1)), sequence(integer(2))],
      isSignedBy: expect.any(Function),
    });
    const byKey = parseOcspResponse(response({ responder: der(0xa2, octets(Uint8Array.of(5))) }));
    expect(byKey).toMatchObject({ responder: { form: "key", value: "05" }, certificates: [] });
    expect(byKey).not.toHaveProperty("nonce");
  });

  it("is none where the responder only says why, and is told from other structures", () => {
    expect(parseOcspResponse(sequence(status(6)))).toBeUndefined();
    expect([response(), sequence(status(6))].map(isOcspResponse)).toEqual([true, true]);
    const others = [
      sequence(sequence()),
      sequence(),
      status(0),
      Buffer.from("-----"),
      new Uint8Array(),
    ];
    expect(others.map(isOcspResponse)).toEqual(others.map(() => false));
    expect(isOcspResponse(response().slice(0, 40))).toBe(false);
    const one = response();
    const padded = (length: number) =>
      concatBytes(one, octets(new Uint8Array(length - one.length - 4)));
    expect([16_384, 16_385].map(padded).map(isOcspResponse)).toEqual([true, false]);
  });

  it.each<[string, string, string, KeyObject, KeyObject]>([
    ["ECDSA and SHA-256", "1.2.840.10045.4.3.2", "sha256", ec.privateKey, ec.publicKey],
    ["ECDSA and SHA-384", "1.2.840.10045.4.3.3", "sha384", ec.privateKey, ec.publicKey],
    ["ECDSA and SHA-512", "1.2.840.10045.4.3.4", "sha512", ec.privateKey, ec.publicKey],
    ["RSA and SHA-256", "1.2.840.113549.1.1.11", "sha256", rsa.privateKey, rsa.publicKey],
    ["RSA and SHA-384", "1.2.840.113549.1.1.12", "sha384", rsa.privateKey, rsa.publicKey],
    ["RSA and SHA-512", "1.2.840.113549.1.1.13", "sha512", rsa.privateKey, rsa.publicKey],
  ])("is signed by %s, with that hash and key alone", (_, algorithm, hash, key, signer) => {
    const make = (data: Uint8Array) => sign(hash, data, key);
    const isSigned = (changes: Changes, by = signer) =>
      parseOcspResponse(response({ algorithm, make, ...changes }))?.isSignedBy(by);
    expect(isSigned({})).toBe(true);
    expect(isSigned({}, signer === ec.publicKey ? rsa.publicKey : ec.publicKey)).toBe(false);
    expect(isSigned({ make: (data) => sign("sha1", data, key) })).toBe(false);
    expect(isSigned({ algorithm: "1.2.840.10045.4.1" })).toBe(false);
  });

  it("is signed by a key of the algorithm's type, whatever it hashed", () => {
    const make = (data: Uint8Array) => sign("sha256", data, rsa.privateKey);
    const parsed = parseOcspResponse(response({ make }));
    expect(parsed?.isSignedBy(rsa.publicKey)).toBe(false);
  });

  it("is signed by whole bytes", () => {
    const isEven = (value: Uint8Array) => (value.at(-1) ?? 1) % 2 === 0;
    const make = (data: Uint8Array) => {
      let signature = sign("sha256", data, ec.privateKey);
      while (!isEven(signature)) {
        signature = sign("sha256", data, ec.privateKey);
      }
      return signature;
    };
    const isSigned = (unused: number) =>
      parseOcspResponse(response({ make, unused }))?.isSignedBy(ec.publicKey);
    expect([isSigned(0), isSigned(1)]).toEqual([true, false]);
  });

  it.each<[string, string, Uint8Array]>([
    ["of another type", "another type", response({ type: "1.3.6.1.5.5.7.48.1.3" })],
    ["of another version", "other parts", response({ before: [der(0xa0, integer(1))] })],
    ["that says nothing", "says nothing", sequence(status(0))],
    ["with bytes after it", "after the end", Buffer.concat([response(), Uint8Array.of(0)])],
    ["with a part too many", "other parts", response({ after: [der(0xa2)] })],
    ["with a part too many after the signature", "other parts", response({ more: [octets()] })],
    ["without a responder", "other parts", response({ responder: der(0xa3) })],
    [
      "with an issuer's name by MD5",
      "unknown hash",
      response({ singles: [single(id(sequence(objectId("1.2.840.113549.2.5"))), good, from)] }),
    ],
    ["with a status that is no NULL", "another form", stating(der(0x80, Uint8Array.of(0)))],
    ["with a status of another number", "another form", stating(der(0x83))],
    ["without a status", "other parts", stating()],
    ["with a revocation without a time", "other parts", stating(der(0xa1))],
    ["with a local time", "a time", ending("20260101000000+0100")],
    ["with a day that is none", "a time", ending("20260230000000Z")],
    ["with parts of seconds", "a time", ending("20260101000000.5Z")],
    [
      "with a nonce that is no byte string",
      "other parts",
      response({ after: [der(0xa1, sequence(extensionOf(nonceId, integer(1))))] }),
    ],
    [
      "with a nonce twice",
      "there twice",
      response({
        after: [
          der(0xa1, sequence(...[1, 2].map(() => extensionOf(nonceId, octets(Uint8Array.of(1)))))),
        ],
      }),
    ],
    [
      "with too many certificates",
      "too many",
      response({ more: [der(0xa0, sequence(...Array<Uint8Array>(7).fill(sequence())))] }),
    ],
    ["that is too long", "too long", response({ singles: Array<Uint8Array>(400).fill(usual) })],
    ["that is a string in pieces", "in pieces", sequence(status(0), der(0x24))],
  ])("is malformed %s: %s", (_, message, bytes) => {
    expect(() => parseOcspResponse(bytes)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
