// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { isAliasCheckComplete, readGuestPolicy } from "./guest-policy.ts";
import { productOfCpu, productOfName } from "./product.ts";
import { readSnpReport } from "./read-snp-report.ts";
import { isAtLeast, parseTcb } from "./tcb.ts";

const vendor = createAmdVendor("Genoa");

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
