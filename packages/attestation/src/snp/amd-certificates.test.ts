// SPDX-License-Identifier: Apache-2.0
/** Certificates of AMD's chips, and a host's table of certificates: what they name, and what is none. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { type AmdLeafRequest, amdSerial, createAmdVendor, der } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { isAmdExtension, isAmdLeaf, readAmdLeaf } from "./amd-certificate.ts";
import { checkRevocation } from "./amd-crl.ts";
import { parseCertificateTable } from "./certificate-table.ts";

const vendor = createAmdVendor("Genoa");
const arc = "1.3.6.1.4.1.3704.1";

describe("a certificate of AMD's", () => {
  const read = (request: AmdLeafRequest) => readAmdLeaf(parseCertificate(vendor.leaf(request)));
  const spl = (number: number, value: Uint8Array | undefined) => ({
    extensions: { [`${arc}.3.${number}`]: value },
  });
  const { id, tcb } = vendor.chip;

  it("names its chip, bare or wrapped, and its firmware", () => {
    const holder = { kind: "vcek", hwId: id };
    expect(read({})).toMatchObject({ product: "Genoa", tcb, holder });
    expect(read({ hwId: der(0x04, id) })).toMatchObject({ holder });
    const longest = "a".repeat(127);
    expect(read({ kind: "vlek", cspId: longest }).holder).toMatchObject({ cspId: longest });
    expect(read({ kind: "vlek", cspId: "a ~" })).toMatchObject({
      holder: { kind: "vlek", cspId: "a ~" },
    });
    const turin = createAmdVendor("Turin");
    const leaf = readAmdLeaf(parseCertificate(turin.leaf()));
    expect(leaf).toMatchObject({ product: "Turin", tcb: turin.chip.tcb });
    expect(leaf.holder).toEqual({ kind: "vcek", hwId: turin.chip.id });
  });

  it.each<[number, Uint8Array | undefined, number, number]>([
    [1, der(2, Uint8Array.of(0)), 0, 0],
    [1, der(2, Uint8Array.of(0x7f)), 0, 0x7f],
    [8, der(2, Uint8Array.of(0, 0x80)), 7, 0x80],
    [8, der(2, Uint8Array.of(0, 0xff)), 7, 0xff],
    [4, undefined, 2, 0],
    [7, undefined, 5, 0],
    [4, der(2, Uint8Array.of(9)), 2, 9],
  ])("has security version %i of %j at byte %i: %i", (number, value, position, version) => {
    expect(read(spl(number, value)).tcb[position]).toBe(version);
  });

  it.each<[string, string, AmdLeafRequest]>([
    ["a negative version", "no byte", spl(1, der(2, Uint8Array.of(0x80)))],
    ["a version with a zero too much", "no byte", spl(1, der(2, Uint8Array.of(0, 0x7f)))],
    ["a version beyond a byte", "no byte", spl(1, der(2, Uint8Array.of(1, 0x80)))],
    ["a version of three bytes", "no byte", spl(1, der(2, Uint8Array.of(0, 0x80, 0)))],
    ["a version of no bytes", "another type", spl(1, der(2))],
    ["a version of another type", "another type", spl(1, der(4, Uint8Array.of(1)))],
    [
      "a version with more behind",
      "after the end",
      spl(1, concatBytes(der(2, Uint8Array.of(1)), Uint8Array.of(0))),
    ],
    ["no version of its boot loader", "no extension", spl(1, undefined)],
    ["no version of its microcode", "no extension", spl(8, undefined)],
    ["a short chip", "chip id of 63 bytes", { hwId: id.slice(1) }],
    ["a long chip", "chip id of 65 bytes", { hwId: concatBytes(id, Uint8Array.of(0)) }],
    ["a chip in another wrapping", "another type", { hwId: der(0x0c, id) }],
    ["neither chip nor provider", "neither", { extensions: { [`${arc}.4`]: undefined } }],
    ["both", "neither", { extensions: { [`${arc}.5`]: der(0x16, utf8("a")) } }],
    ["an unknown product", "unknown product", { productName: "Naples-B0" }],
    ["a product in no text", "is no text", { productName: "Genoa\n" }],
    ["a provider in no text", "is no text", { kind: "vlek", cspId: "a\u007f" }],
    ["a provider of 128 characters", "another type", { kind: "vlek", cspId: "a".repeat(128) }],
  ])("is malformed with %s: %s", (_, message, request) => {
    expect(() => read(request)).toThrow(malformedWith(message));
  });

  it("is told from a CA's, and its extensions from others", () => {
    expect(isAmdLeaf(parseCertificate(vendor.ask))).toBe(false);
    expect(isAmdLeaf(parseCertificate(vendor.leaf()))).toBe(true);
    expect(isAmdLeaf(parseCertificate(vendor.leaf({ kind: "vlek" })))).toBe(true);
    expect([`${arc}.9`, `${arc}0.1`, arc, `2.${arc}.`].map(isAmdExtension)).toEqual([
      ...[true, false, false, false],
    ]);
  });

  it("is revoked from the first instant of a list to its last", () => {
    const [thisUpdate, nextUpdate] = [
      new Date("2026-01-01T00:00:00Z"),
      new Date("2026-02-01T00:00:00Z"),
    ];
    const issuers = { ark: parseCertificate(vendor.ark), signer: parseCertificate(vendor.ask) };
    const crls = [vendor.crl({ thisUpdate, nextUpdate })];
    const check = (at: number) =>
      checkRevocation(crls.map(parseRevocationList), issuers, new Date(at));
    expect([thisUpdate, nextUpdate].map((one) => check(one.getTime()))).toEqual([
      ...["checked", "checked"],
    ]);
    for (const at of [thisUpdate.getTime() - 1, nextUpdate.getTime() + 1]) {
      expect(check(at)).toMatchObject({ class: "expired" });
    }
    expect(
      checkRevocation(
        [createAmdVendor("Milan").crl()].map(parseRevocationList),
        issuers,
        thisUpdate,
      ),
    ).toBe("unbound");
    expect(
      checkRevocation(
        [createAmdVendor("Genoa").crl()].map(parseRevocationList),
        issuers,
        thisUpdate,
      ),
    ).toMatchObject({
      class: "untrusted-chain",
    });
  });
});

describe("several revocation lists", () => {
  const issuers = { ark: parseCertificate(vendor.ark), signer: parseCertificate(vendor.ask) };
  const [day, serial] = [(text: string) => new Date(`${text}T00:00:00Z`), amdSerial.ask];
  const at = day("2026-02-15");
  const old = { thisUpdate: day("2026-01-01"), nextUpdate: day("2026-02-01") };
  const fresh = { thisUpdate: day("2026-02-01"), nextUpdate: day("2026-03-01") };
  const foreign = createAmdVendor("Genoa").crl(fresh);

  it.each<[string, readonly Uint8Array[], unknown]>([
    ["an old one beside a valid one", [vendor.crl(old), vendor.crl(fresh)], "checked"],
    ["another's under the root's name", [foreign, vendor.crl(fresh)], "checked"],
    ["an old one and another's", [foreign, vendor.crl(old)], { class: "expired" }],
    [
      "two valid ones, of which one revokes",
      [vendor.crl(fresh), vendor.crl({ ...fresh, revoked: [serial] })],
      { class: "revoked" },
    ],
  ])("are asked together: %s", (_, lists, expected) => {
    for (const order of [lists, lists.toReversed()]) {
      const answer = checkRevocation(order.map(parseRevocationList), issuers, at);
      expect([answer]).toMatchObject([expected]);
    }
  });
});

describe("a host's table of certificates", () => {
  const entry = (guid: string, offset: number, length: number) => {
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32LE(offset);
    numbers.writeUInt32LE(length, 4);
    return concatBytes(fromHex(guid), numbers);
  };
  const guids = {
    vcek: "63da758de6644564adc5f4b93be8accd",
    vlek: "a8074bc2a25a483eaae639c045a0b8a1",
    ask: "4ab7b379bbac4fe4a02f05aef327c782",
    ark: "c0b406a4a803495297433fb6014cd0ae",
    crl: "92f81bc358114d3d97ffd19f88dc67ea",
    unknown: "00000000000000000000000000000001",
  };
  const end = new Uint8Array(24);

  it("has entries of each kind, in its order, wherever their content is", () => {
    const all = Object.values(guids).map((guid, index) => entry(guid, 168 + (index % 2), 2));
    const table = concatBytes(...all, end, Uint8Array.of(1, 2, 3));
    expect(parseCertificateTable(table)).toEqual(
      Object.keys(guids).map((kind, index) => ({
        kind,
        content: index % 2 === 0 ? Uint8Array.of(1, 2) : Uint8Array.of(2, 3),
      })),
    );
    expect(parseCertificateTable(end)).toEqual([]);
  });

  it("has 16 entries and 128 KiB at most", () => {
    const table = (count: number, length = 0) =>
      concatBytes(
        ...Array(count).fill(entry(guids.ask, (count + 1) * 24, length)),
        end,
        new Uint8Array(length),
      );
    expect(parseCertificateTable(table(16))).toHaveLength(16);
    expect(() => parseCertificateTable(table(17))).toThrow(malformedWith("too many entries"));
    expect(parseCertificateTable(table(1, 131_072 - 48))[0]?.content).toHaveLength(131_024);
    expect(() => parseCertificateTable(table(1, 131_073 - 48))).toThrow(malformedWith("too long"));
    expect(() => parseCertificateTable(end.slice(1))).toThrow(malformedWith("without an end"));
    const within = concatBytes(new Uint8Array(3).fill(9), table(1, 2)).subarray(3);
    expect(parseCertificateTable(within)).toHaveLength(1);
  });
});
