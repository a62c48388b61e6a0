// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
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
  time,
} from "@strongroom/testing";
import { parseRevocationList } from "./revocation-list.ts";

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const [start, end] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-02-01T00:00:00Z")];
const ecdsaSha256 = "1.2.840.10045.4.3.2";
const rsaPss = "1.2.840.113549.1.1.10";
const number = (value: Uint8Array) => extensionOf("2.5.29.20", value);

interface Changes {
  readonly algorithm?: string;
  readonly outer?: string;
  readonly issuer?: readonly Uint8Array[];
  readonly ends?: readonly Uint8Array[];
  readonly entries?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[];
  readonly version?: number;
  /** An algorithm without its identifier. */
  readonly nameless?: boolean;
  readonly behind?: Uint8Array;
  /** Bits of the signature that do not count. */
  readonly unused?: number;
  readonly make?: (body: Uint8Array) => Uint8Array;
}

const byEc = (body: Uint8Array, key: KeyObject = ec.privateKey) => sign("sha256", body, key);
const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

function list(changes: Changes = {}): Uint8Array {
  const { algorithm = ecdsaSha256, ends = [time(end)], entries = [], extensions = [] } = changes;
  const name = sequence(changes.nameless ? integer(1) : objectId(algorithm));
  const { issuer = [commonName("ca")] } = changes;
  const body = sequence(
    ...[integer(changes.version ?? 1), name, ...issuer, time(start), ...ends],
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    ...(extensions.length > 0 ? [der(0xa0, sequence(...extensions))] : []),
    ...(changes.behind === undefined ? [] : [changes.behind]),
  );
  const signature = changes.make?.(body) ?? byEc(body);
  return sequence(
    body,
    sequence(objectId(changes.outer ?? algorithm)),
    bitString(signature, changes.unused),
  );
}

describe("a revocation list", () => {
  it("has its issuer, its dates, its number and the serial numbers in one spelling", () => {
    const entries = [integer(0x80), integer(7)].map((serial) => sequence(serial, time(start)));
    const extensions = [number(integer(258)), extensionOf("1.2.3.4", der(0x05))];
    const parsed = parseRevocationList(list({ entries, extensions }));
    expect(parsed).toMatchObject({
      ...{ issuer: toHex(commonName("ca")), thisUpdate: start, nextUpdate: end, number: 258n },
      revoked: new Set(["80", "7"]),
    });
    const bare = parseRevocationList(list());
    expect(bare.revoked.size).toBe(0);
    expect(bare).not.toHaveProperty("number");
  });

  it("has a number of twenty bytes and their sign at most", () => {
    const longest = der(0x02, Uint8Array.of(0), new Uint8Array(20).fill(0xff));
    expect(parseRevocationList(list({ extensions: [number(longest)] })).number).toBe(
      2n ** 160n - 1n,
    );
  });

  it("is signed by the key of its issuer, in Intel's way or AMD's", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const parsed = parseRevocationList(list());
    expect(parsed.isSignedBy(ec.publicKey)).toBe(true);
    expect(parsed.isSignedBy(other.publicKey)).toBe(false);
    expect(parsed.isSignedBy(rsa.publicKey)).toBe(false);
    const byRsa = (saltLength: number, algorithm = rsaPss) =>
      parseRevocationList(
        list({
          algorithm,
          make: (body) => sign("sha384", body, { key: rsa.privateKey, ...pss(saltLength) }),
        }),
      );
    expect(byRsa(48).isSignedBy(rsa.publicKey)).toBe(true);
    expect(byRsa(32).isSignedBy(rsa.publicKey)).toBe(false);
    expect(byRsa(48).isSignedBy(ec.publicKey)).toBe(false);
  });

  it("is signed by no key of another algorithm", () => {
    const rs256 = (body: Uint8Array) => sign("sha256", body, rsa.privateKey);
    const asEcdsa = parseRevocationList(list({ make: rs256 }));
    expect(asEcdsa.isSignedBy(rsa.publicKey)).toBe(false);
    const p384 = (body: Uint8Array) => sign("sha384", body, { key: rsa.privateKey, ...pss(48) });
    const unknown = parseRevocationList(list({ algorithm: "1.2.840.113549.1.1.12", make: p384 }));
    expect(unknown.isSignedBy(rsa.publicKey)).toBe(false);
    const byPss = (key: KeyObject) => (body: Uint8Array) =>
      sign("sha384", body, { key, ...pss(48) });
    const own = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
    const ofPssKey = parseRevocationList(list({ algorithm: rsaPss, make: byPss(own.privateKey) }));
    expect(ofPssKey.isSignedBy(own.publicKey)).toBe(false);
    const ecAsPss = parseRevocationList(
      list({ algorithm: rsaPss, make: (body) => sign("sha384", body, ec.privateKey) }),
    );
    expect(ecAsPss.isSignedBy(ec.publicKey)).toBe(false);
  });

  it("is signed in whole bytes", () => {
    const even = (body: Uint8Array): Uint8Array => {
      const signature = byEc(body);
      return (signature.at(-1) ?? 1) % 2 === 0 ? signature : even(body);
    };
    expect(parseRevocationList(list({ make: even })).isSignedBy(ec.publicKey)).toBe(true);
    const unused = parseRevocationList(list({ make: even, unused: 1 }));
    expect(unused.isSignedBy(ec.publicKey)).toBe(false);
  });

  it("has its dates in either form, and Intel's reasons beside its entries", () => {
    const late = new Date("2061-01-01T00:00:00Z");
    const reason = sequence(extensionOf("2.5.29.21", der(0x0a, Uint8Array.of(1))));
    const entries = [1, 2].map((serial) => sequence(integer(serial), time(start), reason));
    const old = der(0x17, Buffer.from("990101000000Z"));
    const parsed = parseRevocationList(list({ ends: [time(late)], entries }));
    expect([parsed.nextUpdate, [...parsed.revoked]]).toEqual([late, ["1", "2"]]);
    const ended = parseRevocationList(list({ ends: [old] })).nextUpdate;
    expect(ended).toEqual(new Date("1999-01-01T00:00:00Z"));
  });

  const critical = extensionOf("2.5.29.27", integer(1), true);
  const nameAlone = sequence(objectId("1.2.3.4"));
  const numbered = (value: Uint8Array) => list({ extensions: [number(value)] });
  it.each<[string, string, Uint8Array]>([
    ["without an end", "no end", list({ ends: [] })],
    ["with the name of an extension alone", "other parts", list({ extensions: [nameAlone] })],
    ["of two algorithms", "two signature algorithms", list({ outer: rsaPss })],
    [
      "of changes alone",
      "critical extension",
      list({ extensions: [number(integer(1)), critical] }),
    ],
    [
      "with an entry of another issuer",
      "critical extension",
      list({ entries: [sequence(integer(1), time(start), sequence(critical))] }),
    ],
    ["with text for its number", "a number that is none", numbered(der(0x0c, Uint8Array.of(0x31)))],
    ["with no number in its number", "a number that is none", numbered(der(0x02))],
    [
      "with a number that is too long",
      "a number that is none",
      numbered(der(0x02, new Uint8Array(22).fill(1))),
    ],
    [
      "with more behind its number",
      "after the end",
      numbered(concatBytes(integer(1), Uint8Array.of(0))),
    ],
    ["that is another sequence", "not a crl", sequence(integer(1))],
    ["of nobody", "not a crl", list({ issuer: [] })],
    ["with more behind it", "after the end", concatBytes(list(), Uint8Array.of(0))],
    ["beyond 256 KiB", "too long", new Uint8Array(262_145)],
    ["of 256 KiB of nothing", "not in its one DER form", new Uint8Array(262_144).fill(1, 0, 1)],
    ["of a third version", "not a crl", list({ version: 2 })],
    ["with an algorithm that has no name", "not a crl", list({ nameless: true })],
    ["with more than it should have", "more than it should have", list({ behind: integer(1) })],
    ["with an entry that is a number", "an entry that is none", list({ entries: [integer(1)] })],
    [
      "with an entry of no time",
      "an entry that is none",
      list({ entries: [sequence(integer(1), integer(2))] }),
    ],
    [
      "with an entry of a fourth part",
      "an entry that is none",
      list({ entries: [sequence(integer(1), time(start), sequence(), integer(2))] }),
    ],
    [
      "with a time that is none",
      "a time that is none",
      list({ ends: [der(0x17, Buffer.from("261301000000Z"))] }),
    ],
  ])("is malformed %s: %s", (_, message, bytes) => {
    expect(() => parseRevocationList(bytes)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
