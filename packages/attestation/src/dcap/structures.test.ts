// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, u32be, utf8 } from "@strongroom/core";
import { type IntelQuoteKind, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { ByteReader } from "../byte-reader.ts";
import { parseQuote } from "./parse-quote.ts";
import { parseQuoteSignature } from "./quote-signature.ts";

const u16 = (value: number) => Uint8Array.of(value & 0xff, value >> 8);
const u32 = (value: number) => u32be(value).toReversed();
const { pki } = mintIntelEvidence();

describe("a quote's form", () => {
  const minted = (kind: IntelQuoteKind) => mintIntelEvidence({ kind }).quote;
  const quotes = {
    sgx3: minted("sgx3"),
    td4: minted("td10-4"),
    td5: minted("td15-5"),
    tdEx: minted("td15ex-5"),
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
    ["a body of another type", "quote body of type 5", changed("tdEx", 48, 5)],
    ["TD 1.5ex in the size of 1.5", "quote body of type 4 and 648 bytes", changed("td5", 48, 4)],
    ["TD 1.5 in the size of 1.5ex", "quote body of type 3 and 885 bytes", changed("tdEx", 48, 3)],
    ["TD 1.5ex under an enclave's header", "quote body of type 4 and 885", changed("tdEx", 4, 0)],
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
