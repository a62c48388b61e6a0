// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { type AmdLeafRequest, createAmdVendor, der, makeAmdReport } from "@strongroom/testing";
import { parseCertificate } from "../x509/certificate.ts";
import { isAmdExtension, isAmdLeaf, readAmdLeaf } from "./amd-certificate.ts";
import { checkRevocation } from "./amd-crl.ts";
import { parseCertificateTable } from "./certificate-table.ts";
import { isAliasCheckComplete, readGuestPolicy } from "./guest-policy.ts";
import { productOfCpu, productOfName } from "./product.ts";
import { readSnpReport } from "./read-snp-report.ts";
import { isAtLeast, parseTcb } from "./tcb.ts";

const vendor = createAmdVendor("Genoa");
const arc = "1.3.6.1.4.1.3704.1";
const malformedWith = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });

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
    const check = (at: number) => checkRevocation(crls, issuers, new Date(at));
    expect([thisUpdate, nextUpdate].map((one) => check(one.getTime()))).toEqual([
      ...["checked", "checked"],
    ]);
    for (const at of [thisUpdate.getTime() - 1, nextUpdate.getTime() + 1]) {
      expect(check(at)).toMatchObject({ class: "expired" });
    }
    expect(checkRevocation([createAmdVendor("Milan").crl()], issuers, thisUpdate)).toBe("unbound");
    expect(checkRevocation([createAmdVendor("Genoa").crl()], issuers, thisUpdate)).toMatchObject({
      class: "untrusted-chain",
    });
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

describe("numbers of AMD's", () => {
  it.each([
    [0x19, 0x00, "Milan"],
    [0x19, 0x0f, "Milan"],
    [0x19, 0x10, "Genoa"],
    [0x19, 0x1f, "Genoa"],
    [0x19, 0x20, undefined],
    [0x19, 0xa0, "Genoa"],
    [0x19, 0xaf, "Genoa"],
    [0x19, 0xb0, undefined],
    [0x1a, 0x00, "Turin"],
    [0x1a, 0x1f, "Turin"],
    [0x1a, 0x20, undefined],
    [0x17, 0x00, undefined],
  ])("of family %i, model %i are of %s", (family, model, product) => {
    expect(productOfCpu({ family, model, stepping: 0 })).toBe(product);
  });

  it.each([
    ["Milan-B0", "Milan"],
    ["Genoa", "Genoa"],
    ["Bergamo-A1", "Genoa"],
    ["Siena", "Genoa"],
    ["Turin-B1", "Turin"],
    ["-Turin", undefined],
    ["", undefined],
  ])("named %s are of %s", (name, product) => {
    expect(productOfName(name)).toBe(product);
  });

  it("are bits of a guest's policy, each of its own", () => {
    const names = [
      ...["smtAllowed", "isValid", "migrationAgentAllowed", "debugAllowed", "singleSocket"],
      ...[
        "cxlAllowed",
        "aes256XtsRequired",
        "raplDisabled",
        "ciphertextHiding",
        "pageSwapDisabled",
      ],
    ];
    for (const [index, name] of names.entries()) {
      const policy = readGuestPolicy((1n << BigInt(16 + index)) | 0x0201n);
      expect(policy).toMatchObject({ abiMajor: 2, abiMinor: 1, unknownBits: 0n, [name]: true });
      expect(Object.values(policy).filter((one) => one === true)).toHaveLength(1);
    }
    expect(readGuestPolicy(0xfc000000n).unknownBits).toBe(0xfc000000n);
    expect(readGuestPolicy(0x3ffffffn).unknownBits).toBe(0n);
    expect([0x20n, 0x1fn, 0x40n].map(isAliasCheckComplete)).toEqual([true, false, false]);
  });

  it("are security versions, every one of which has to be reached", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const older = { fmc: 0, bootLoader: 1, tee: 2, snp: 7, microcode: 8 };
    const turin = { fmc: 1, bootLoader: 2, tee: 3, snp: 4, microcode: 8 };
    expect(parseTcb(bytes, "Milan")).toEqual(older);
    expect(parseTcb(bytes, "Turin")).toEqual(turin);
    expect(isAtLeast(turin, turin)).toBe(true);
    for (const name of Object.keys(turin) as (keyof typeof turin)[]) {
      expect(isAtLeast(turin, { ...turin, [name]: turin[name] + 1 })).toBe(false);
      expect(isAtLeast({ ...turin, [name]: turin[name] + 1 }, turin)).toBe(true);
    }
  });
});

describe("a report is found", () => {
  const report = vendor.sign(makeAmdReport(vendor));
  const bare = { report, certificateTable: undefined };
  const header = (...words: readonly number[]) => {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    for (const [index, word] of words.entries()) {
      view.setUint32(index * 4, word, true);
    }
    return bytes;
  };
  const whole = (bytes: Uint8Array) => ({
    report: bytes.slice(0, 1184),
    certificateTable: bytes.slice(1184),
  });
  const answer = concatBytes(header(0, 1184), report);
  const paravisor = concatBytes(header(0x414c4348), report);

  it.each<[string, Uint8Array]>([
    ["in a paravisor's report", paravisor],
    ["in a paravisor's report with more behind", concatBytes(paravisor, new Uint8Array(5000))],
    ["in the firmware's answer", answer],
    [
      "in the firmware's answer of a page",
      concatBytes(answer, new Uint8Array(4096 - answer.length)),
    ],
    ["in a part of other bytes", concatBytes(new Uint8Array(7).fill(1), answer).subarray(7)],
    ["in base64 of the other alphabet", utf8(Buffer.from(report).toString("base64url"))],
    [
      "in lines of base64",
      utf8(Buffer.from(report).toString("base64").replaceAll(/.{76}/gu, "$&\r\n")),
    ],
    [
      "in lines of hexadecimal",
      utf8(Buffer.from(report).toString("hex").toUpperCase().replaceAll(/.{64}/gu, "$&\n")),
    ],
  ])("%s", (_, bytes) => {
    expect(readSnpReport(bytes)).toEqual(bare);
  });

  it.each<[string, Uint8Array]>([
    ["an answer with an error", concatBytes(header(0x16, 1184), report)],
    ["an answer of another size", concatBytes(header(0, 1185), report)],
    ["an answer longer than a page", concatBytes(answer, new Uint8Array(4097 - answer.length))],
    ["an answer that is short", answer.slice(0, -1)],
    ["a paravisor's report that is short", paravisor.slice(0, -1)],
    ["a report with a table", concatBytes(report, new Uint8Array(24))],
    ["text of something else", utf8(`?${"a".repeat(1300)}`)],
    ["text with a tab in it", utf8(`\t${"a".repeat(1300)}`)],
    ["text with a sign beyond letters", utf8(`{${"a".repeat(1300)}`)],
  ])("with what follows it in %s", (_, bytes) => {
    expect(readSnpReport(bytes)).toEqual(whole(bytes));
  });

  it("in nothing that is shorter", () => {
    expect(readSnpReport(report)).toEqual(bare);
    expect(() => readSnpReport(report.slice(1))).toThrow(malformedWith("not 1183"));
  });
});
