// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, u32be, u64be } from "@strongroom/core";
import { type AmdReportRequest, createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { parseSnpReport } from "./parse-snp-report.ts";

const vendor = createAmdVendor("Milan");
const parse = (request: AmdReportRequest = {}) =>
  parseSnpReport(vendor.sign(makeAmdReport(vendor, request)));
const fill = (length: number, value: number) => new Uint8Array(length).fill(value);
const malformedWith = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });

/** Offsets and sizes of the fields that are bytes, in the order of the ABI's table. */
const fields: readonly (readonly [name: string, offset: number, size: number])[] = [
  ["familyId", 0x10, 16],
  ["imageId", 0x20, 16],
  ["currentTcb", 0x38, 8],
  ["reportData", 0x50, 64],
  ["measurement", 0x90, 48],
  ["hostData", 0xc0, 32],
  ["idKeyDigest", 0xe0, 48],
  ["authorKeyDigest", 0x110, 48],
  ["reportId", 0x140, 32],
  ["migrationAgentReportId", 0x160, 32],
  ["reportedTcb", 0x180, 8],
  ["chipId", 0x1a0, 64],
  ["committedTcb", 0x1e0, 8],
  ["launchTcb", 0x1f0, 8],
];

describe("a report's form", () => {
  it("has each field in its place", () => {
    const marked = fields.map(([, offset, size], index) => [offset, fill(size, index + 1)]);
    const bytes = {
      ...Object.fromEntries(marked),
      ...{ [0x04]: u32be(9).toReversed(), [0x188]: Uint8Array.of(0x19, 0x01, 0x02) },
      ...{ [0x1e8]: Uint8Array.of(3, 2, 1), [0x1ec]: Uint8Array.of(6, 5, 4) },
      [0x1f8]: concatBytes(u64be(7).toReversed(), u64be(8).toReversed()),
    };
    const request = { vmpl: 2, policy: 0x30001n, platformInfo: 0x25n, flags: 0b111, version: 5 };
    const report = parse({ ...request, bytes });
    expect(report).toMatchObject({
      ...{ version: 5, guestSvn: 9, policy: 0x30001n, vmpl: 2, platformInfo: 0x25n },
      ...{ signingKey: "vlek", isAuthorKeyEnabled: true, isChipKeyMasked: true },
      ...{ cpu: { family: 0x19, model: 1, stepping: 2 }, isReservedZero: true },
      ...{ currentFirmware: "1.2.3", committedFirmware: "4.5.6" },
      mitigations: { launch: 7n, current: 8n },
      ...Object.fromEntries(fields.map(([name, , size], index) => [name, fill(size, index + 1)])),
    });
    expect(report.signed).toHaveLength(0x2a0);
  });

  it("has no processor before version 3, and no mitigations before version 5", () => {
    expect(parse({ version: 2 })).toMatchObject({ cpu: undefined, mitigations: undefined });
    expect(parse({ version: 3 })).toMatchObject({ cpu: { family: 0x19 }, mitigations: undefined });
    expect(parse({ version: 4 })).toMatchObject({ mitigations: undefined });
    expect(parse({ version: 5 })).toMatchObject({ mitigations: { launch: 0n, current: 0n } });
  });

  it.each([
    [0b00000, { signingKey: "vcek", isAuthorKeyEnabled: false, isChipKeyMasked: false }],
    [0b00001, { signingKey: "vcek", isAuthorKeyEnabled: true, isChipKeyMasked: false }],
    [0b00010, { signingKey: "vcek", isAuthorKeyEnabled: false, isChipKeyMasked: true }],
    [0b00100, { signingKey: "vlek", isAuthorKeyEnabled: false, isChipKeyMasked: false }],
    [0b11100, { signingKey: "none", isAuthorKeyEnabled: false, isChipKeyMasked: false }],
  ])("says with flags %i: %j", (flags, keys) => {
    expect(parse({ flags })).toMatchObject(keys);
  });

  it.each<[string, boolean, number, number]>([
    ["the first byte behind the flags", false, 3, 0x49],
    ["the last byte before the report data", false, 3, 0x4f],
    ["the place of the processor in version 2", false, 2, 0x188],
    ["the processor in version 3", true, 3, 0x18a],
    ["the byte behind the processor", false, 3, 0x18b],
    ["the byte before the chip's id", false, 3, 0x19f],
    ["the byte behind the current firmware", false, 3, 0x1eb],
    ["the byte behind the committed firmware", false, 3, 0x1ef],
    ["the place of mitigations in version 4", false, 4, 0x1f8],
    ["mitigations in version 5", true, 5, 0x1f8],
    ["the last mitigation in version 5", true, 5, 0x207],
    ["the byte behind mitigations", false, 5, 0x208],
    ["the last signed byte", false, 5, 0x29f],
  ])("has zeros but for %s: %s", (_, isZero, version, offset) => {
    const bytes = { [offset]: Uint8Array.of(1) };
    expect(parse({ version, bytes }).isReservedZero).toBe(isZero);
  });

  it("has zeros behind its signature and in its upper flags", () => {
    const report = vendor.sign(makeAmdReport(vendor));
    expect(parseSnpReport(report.slice().fill(1, 1183)).isReservedZero).toBe(false);
    expect(parseSnpReport(report.slice().fill(1, 0x330, 0x331)).isReservedZero).toBe(false);
    expect(parse({ flags: 0x20 }).isReservedZero).toBe(false);
  });

  it("has a signature of 48 bytes a number, whose first byte is the highest", () => {
    const report = makeAmdReport(vendor);
    report.set(
      Uint8Array.from({ length: 48 }, (_, index) => index),
      0x2a0,
    );
    report.set(
      Uint8Array.from({ length: 48 }, (_, index) => 100 + index),
      0x2a0 + 72,
    );
    const expected = Uint8Array.from({ length: 96 }, (_, index) =>
      index < 48 ? 47 - index : 147 - (index - 48),
    );
    expect(parseSnpReport(report).signature).toEqual(expected);
    for (const offset of [0x2a0 + 48, 0x2a0 + 71, 0x2a0 + 72 + 48, 0x2a0 + 143]) {
      const longer = report.slice().fill(1, offset, offset + 1);
      expect(() => parseSnpReport(longer)).toThrow(malformedWith("longer than the curve's"));
    }
  });

  it.each<[string, string, AmdReportRequest]>([
    ["version 1", "report of version 1", { version: 1 }],
    ["version 6", "report of version 6", { version: 6 }],
    ["another algorithm", "another signature algorithm", { bytes: { [0x34]: Uint8Array.of(2) } }],
    ["a key of no known kind", "a key of kind 3", { flags: 3 << 2 }],
  ])("is malformed with %s: %s", (_, message, request) => {
    expect(() => parse(request)).toThrow(malformedWith(message));
  });

  it("has 1184 bytes", () => {
    for (const length of [1183, 1185]) {
      expect(() => parseSnpReport(new Uint8Array(length))).toThrow(malformedWith(`not ${length}`));
    }
  });
});
