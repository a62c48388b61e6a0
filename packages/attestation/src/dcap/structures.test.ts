// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, u32be, utf8 } from "@strongroom/core";
import { type IntelQuoteKind, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { ByteReader } from "../byte-reader.ts";
import { type ScannedObject, scanJson } from "../scan-json.ts";
import {
  hexField,
  instantField,
  integerField,
  objectField,
  objectsField,
  optionalTexts,
  textField,
} from "./json-fields.ts";
import { splitOpenEnclaveBlob } from "./open-enclave-blob.ts";
import { parseQuote } from "./parse-quote.ts";
import { parseQuoteSignature } from "./quote-signature.ts";

const malformedWith = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });
const u16 = (value: number) => Uint8Array.of(value & 0xff, value >> 8);
const u32 = (value: number) => u32be(value).toReversed();
const { pki } = mintIntelEvidence();

describe("a quote's form", () => {
  const minted = (kind: IntelQuoteKind) => mintIntelEvidence({ kind }).quote;
  const quotes = {
    sgx3: minted("sgx3"),
    td4: minted("td10-4"),
    td5: minted("td15-5"),
    sgx5: minted("sgx5"),
  } as const;
  /** A quote with these bytes in the place of its own. */
  const changed = (name: keyof typeof quotes, offset: number, ...bytes: readonly number[]) => {
    const quote = quotes[name].slice();
    quote.set(bytes, offset);
    return quote;
  };

  it("has bytes behind it that nobody reads, up to 64 KiB", () => {
    const { length } = quotes.td4;
    const whole = concatBytes(quotes.td4, new Uint8Array(65_536 - length));
    const parsed = parseQuote(whole);
    expect(parsed).toMatchObject({ version: 4, trailing: 65_536 - length });
    expect(parsed.signed).toEqual(quotes.td4.slice(0, 48 + 584));
    expect(parsed.qeId).toEqual(quotes.td4.slice(28, 44));
    expect(() => parseQuote(concatBytes(whole, new Uint8Array(1)))).toThrow(
      malformedWith("quote is too long"),
    );
  });

  it.each<[string, string, Uint8Array]>([
    ["version 2", "quote of version 2", changed("sgx3", 0, 2)],
    ["version 6", "quote of version 6", changed("td5", 0, 6)],
    ["a version beyond a byte", "quote of version 260", changed("td4", 1, 1)],
    ["another kind of key", "another kind than ECDSA", changed("td4", 2, 3)],
    ["another TEE", "TEE type 130", changed("td4", 4, 0x82)],
    ["a TD in version 3", "TEE type 129", changed("sgx3", 4, 0x81)],
    ["another vendor", "Intel's quoting enclave", changed("td4", 12, 0)],
    ["a body of another type", "quote body of type 4", changed("td5", 48, 4)],
    ["an enclave's body for a TD", "quote body of type 1 and 648 bytes", changed("td5", 48, 1)],
    ["a TD's body for an enclave", "quote body of type 3 and 384 bytes", changed("sgx5", 48, 3)],
    ["TD 1.0 in the size of 1.5", "quote body of type 2 and 648 bytes", changed("td5", 48, 2)],
    [
      "TD 1.5 in the size of 1.0",
      "quote body of type 3 and 584 bytes",
      changed("td5", 50, 0x48, 2),
    ],
    ["an enclave under a TD's header", "quote body of type 1 and 384", changed("sgx5", 4, 0x81)],
    ["a TD under an enclave's header", "quote body of type 3 and 648", changed("td5", 4, 0)],
    ["an enclave of another size", "quote body of type 1 and 385", changed("sgx5", 50, 0x81)],
    ["a signature that is cut short", "bytes expected", quotes.td4.slice(0, -1)],
  ])("is malformed with %s: %s", (_, message, quote) => {
    expect(() => parseQuote(quote)).toThrow(malformedWith(message));
  });
});

describe("a quote's signature", () => {
  interface Parts {
    readonly authentication?: number;
    readonly type?: number;
    readonly data?: Uint8Array;
    readonly behind?: number;
  }
  const report = (parts: Parts) => {
    const { authentication = 32, type = 5, data = utf8(pemOf("CERTIFICATE", pki.pck.der)) } = parts;
    return concatBytes(
      ...[new Uint8Array(384 + 64), u16(authentication), new Uint8Array(authentication)],
      ...[u16(type), u32(data.length), data, new Uint8Array(parts.behind ?? 0)],
    );
  };
  const old = (parts: Parts = {}) =>
    parseQuoteSignature(new ByteReader(concatBytes(new Uint8Array(128), report(parts))), 3);
  const nested = (parts: Parts = {}, type = 6, behind = 0) =>
    parseQuoteSignature(
      new ByteReader(
        concatBytes(
          ...[new Uint8Array(128), u16(type), u32(report(parts).length), report(parts)],
          new Uint8Array(behind),
        ),
      ),
      4,
    );
  const pem = (count: number) =>
    utf8(Array(count).fill(pemOf("CERTIFICATE", pki.pck.der)).join(""));

  it("may have 4096 bytes of the enclave's own, and four certificates", () => {
    expect(old({ authentication: 4096 }).authenticationData).toHaveLength(4096);
    const { certification } = nested({ data: pem(4) });
    expect(certification).toEqual({ kind: "chain", certificates: Array(4).fill(pki.pck.der) });
    const padded = concatBytes(pem(1), new Uint8Array(32_768 - pem(1).length));
    expect(old({ data: padded }).certification).toMatchObject({ kind: "chain" });
  });

  it.each<[number, number]>([
    [2, 256],
    [3, 384],
  ])(
    "has what finds a certificate in data of type %i: %i bytes, then three numbers",
    (type, length) => {
      const fields = concatBytes(
        new Uint8Array(length).fill(1),
        new Uint8Array(16).fill(2),
        fromHex("03040506"),
      );
      const lookup = {
        encryptedPpid: new Uint8Array(length).fill(1),
        cpuSvn: new Uint8Array(16).fill(2),
        pceSvn: fromHex("0304"),
        pceId: fromHex("0506"),
      };
      const expected = { kind: "none", type, lookup };
      expect(old({ type, data: fields }).certification).toEqual(expected);
      const longer = concatBytes(fields, new Uint8Array(100));
      expect(nested({ type, data: longer }).certification).toEqual(expected);
      expect(() => old({ type, data: fields.slice(1) })).toThrow(malformedWith("bytes expected"));
    },
  );

  it.each([1, 4, 5])("has nothing that finds a certificate in data of type %i", (type) => {
    expect(old({ type, data: utf8("data") }).certification).toEqual({ kind: "none", type });
  });

  it.each<[string, string, () => unknown]>([
    ["more of the enclave's own", "4097 bytes where", () => old({ authentication: 4097 })],
    ["more certification data", "32769 bytes where", () => old({ data: new Uint8Array(32_769) })],
    ["five certificates", "too many certificates", () => old({ data: pem(5) })],
    ["data of type 0", "of type 0", () => old({ type: 0 })],
    ["data of type 6", "of type 6", () => old({ type: 6 })],
    ["bytes behind it", "after the end", () => old({ behind: 1 })],
    ["another report", "no QE report", () => nested({}, 5)],
    ["bytes behind its report", "after the end", () => nested({ behind: 1 })],
    ["bytes behind its parts", "after the end", () => nested({}, 6, 1)],
  ])("is malformed with %s: %s", (_, message, run) => {
    expect(run).toThrow(malformedWith(message));
  });
});

describe("a member of signed JSON", () => {
  const object = (text: string) =>
    scanJson(`{"a":${text}}`, { numbers: "any", depth: 9, refusedNames: [] }) as ScannedObject;

  it("is read in its type", () => {
    expect(objectField(object("{}"), "a").size).toBe(0);
    expect(objectsField(object("[{},{}]"), "a", 2)).toHaveLength(2);
    expect([0, 5].map((one) => integerField(object(String(one)), "a", 5))).toEqual([0, 5]);
    expect(textField(object('""'), "a")).toBe("");
    expect(hexField(object('"aB0f"'), "a", 2)).toEqual(fromHex("ab0f"));
    expect(instantField(object('"2025-05-27T19:25:02Z"'), "a")).toEqual(
      new Date("2025-05-27T19:25:02Z"),
    );
    const longest = "b".repeat(64);
    expect(optionalTexts(object(`["${longest}"]`), "a", 1)).toEqual([longest]);
    expect(optionalTexts(object("[]"), "b", 1)).toEqual([]);
  });

  it.each<[string, string, (member: ScannedObject) => unknown]>([
    ["[]", "a is no object", (one) => objectField(one, "a")],
    ["{}", "b is no object", (one) => objectField(one, "b")],
    ["{}", "a is no list", (one) => objectsField(one, "a", 2)],
    ['"ab"', "a is no list", (one) => objectsField(one, "a", 2)],
    ["[{},{},{}]", "too long", (one) => objectsField(one, "a", 2)],
    ["[1]", "a is no object", (one) => objectsField(one, "a", 2)],
    ['"1"', "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["-1", "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["6", "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["1", "a is no string", (one) => textField(one, "a")],
    ['"abc"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"abcdef"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"xbcd"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"abcx"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"never"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-05-27"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-02-30T00:00:00Z"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-05-27T19:25:02.000Z"', "a is no instant", (one) => instantField(one, "a")],
    ["{}", "a is no list", (one) => optionalTexts(one, "a", 1)],
    ['"b"', "a is no list", (one) => optionalTexts(one, "a", 1)],
    ['["b","b"]', "too long", (one) => optionalTexts(one, "a", 1)],
    ["[1]", "short strings", (one) => optionalTexts(one, "a", 1)],
    [`["${"b".repeat(65)}"]`, "short strings", (one) => optionalTexts(one, "a", 1)],
  ])("is malformed: %s, %s", (text, message, read) => {
    expect(() => read(object(text))).toThrow(malformedWith(message));
  });
});

describe("Open Enclave's blob", () => {
  const blob = (sizes: readonly number[], more = 0, head = 1) =>
    concatBytes(
      ...[Uint8Array.of(head, 0, 0, 0, 0, 0, 0, 0)],
      ...sizes.map((size) => concatBytes(new Uint8Array(8), u32(size), u32(0))),
      ...sizes.map((size, index) => new Uint8Array(size).fill(index + 1)),
      new Uint8Array(more),
    );
  const sizes = [1, 2, 0, 3, 4, 5, 300];

  it("has seven parts, which are all of it", () => {
    expect(splitOpenEnclaveBlob(blob(sizes))).toEqual(
      sizes.map((size, index) => new Uint8Array(size).fill(index + 1)),
    );
    expect(splitOpenEnclaveBlob(blob(Array(7).fill(0)))).toHaveLength(7);
  });

  it.each<[string, Uint8Array]>([
    ["more behind it", blob(sizes, 1)],
    ["less than it says", blob(sizes).slice(0, -1)],
    ["a brace at its start", blob(sizes, 0, 0x7b)],
    ["text at its start", blob(sizes).fill(0x20, 3, 4)],
    ["a length beyond four bytes", blob(sizes).fill(1, 20, 21)],
    ["a table cut short", blob(sizes).slice(0, 119)],
  ])("is none with %s", (_, bytes) => {
    expect(splitOpenEnclaveBlob(bytes)).toBeUndefined();
  });
});
