// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type JsonObject, parseSnpReport } from "@strongroom/attestation";
import { toHex, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport, pemOf } from "@strongroom/testing";
import { joinReportFields } from "./join-report-fields.ts";
import { verifySnpEvidence } from "./verify-snp-evidence.ts";

/** What serde makes of a report: of the crate's versions from 6 on, or of those before with their reserved bytes. */
function toFields(report: Uint8Array, isReserved: boolean): JsonObject {
  const view = new DataView(report.buffer, report.byteOffset);
  const at = (offset: number, length: number) => [...report.subarray(offset, offset + length)];
  const isLater = view.getUint32(0, true) >= 3;
  const isTurin = report[0x188] === 0x1a;
  const tcb = (offset: number) => {
    const [a, b, c, d, e, f, g, h] = at(offset, 8);
    if (isReserved) {
      return { bootloader: a, tee: b, _reserved: [c, d, e, f], snp: g, microcode: h };
    }
    return isTurin
      ? { fmc: a, bootloader: b, tee: c, snp: d, microcode: h }
      : { fmc: null, bootloader: a, tee: b, snp: g, microcode: h };
  };
  const firmware = (offset: number) => {
    const [build, minor, major] = at(offset, 3);
    return { major, minor, build };
  };
  const [
    build,
    minor,
    major,
    reserved2,
    committedBuild,
    committedMinor,
    committedMajor,
    reserved3,
  ] = at(0x1e8, 8);
  const mitigation = (offset: number) =>
    view.getUint32(0, true) >= 5 ? Number(view.getBigUint64(offset, true)) : null;
  const early = {
    ...{ _author_key_en: view.getUint32(0x48, true), _reserved_0: view.getUint32(0x4c, true) },
    ...{ _reserved_1: at(0x188, 24), _reserved_4: at(0x1f8, 168) },
    ...{ current_build: build, current_minor: minor, current_major: major },
    ...{ _reserved_2: reserved2, committed_build: committedBuild },
    ...{ committed_minor: committedMinor, committed_major: committedMajor },
    ...{ _reserved_3: reserved3 },
  };
  const late = {
    key_info: view.getUint32(0x48, true),
    cpuid_fam_id: isLater ? report[0x188] : null,
    cpuid_mod_id: isLater ? report[0x189] : null,
    cpuid_step: isLater ? report[0x18a] : null,
    ...{ current: firmware(0x1e8), committed: firmware(0x1ec) },
    ...{ launch_mit_vector: mitigation(0x1f8), current_mit_vector: mitigation(0x200) },
  };
  return {
    ...{ version: view.getUint32(0, true), guest_svn: view.getUint32(4, true) },
    policy: Number(view.getBigUint64(8, true)),
    ...{ family_id: at(0x10, 16), image_id: at(0x20, 16), vmpl: view.getUint32(0x30, true) },
    ...{ sig_algo: view.getUint32(0x34, true), current_tcb: tcb(0x38) },
    plat_info: Number(view.getBigUint64(0x40, true)),
    ...{ report_data: at(0x50, 64), measurement: at(0x90, 48), host_data: at(0xc0, 32) },
    ...{ id_key_digest: at(0xe0, 48), author_key_digest: at(0x110, 48) },
    ...{ report_id: at(0x140, 32), report_id_ma: at(0x160, 32), reported_tcb: tcb(0x180) },
    ...{ chip_id: at(0x1a0, 64), committed_tcb: tcb(0x1e0), launch_tcb: tcb(0x1f0) },
    ...(isReserved ? early : late),
    signature: {
      ...{ r: at(0x2a0, 72), s: at(0x2e8, 72) },
      ...(isReserved ? { _reserved: at(0x330, 368) } : {}),
    },
  };
}

const vendors = { Genoa: createAmdVendor("Genoa"), Turin: createAmdVendor("Turin") } as const;
const reportOf = (product: keyof typeof vendors, version: 2 | 3 | 5) => {
  const vendor = vendors[product];
  const reportData = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);
  const mitigations = Uint8Array.from([1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0]);
  const bytes = {
    [0x04]: Uint8Array.of(9, 8),
    [0x10]: Uint8Array.from({ length: 32 }, (_, index) => index),
    [0x90]: Uint8Array.from({ length: 208 }, (_, index) => index),
    [0x1e8]: Uint8Array.of(1, 2, 3, 0, 4, 5, 6),
    [0x1f8]: version === 5 ? mitigations : new Uint8Array(),
  };
  return vendor.sign(makeAmdReport(vendor, { version, reportData, bytes }));
};

describe("fields of a report", () => {
  it.each([
    ["Genoa", 2, false],
    ["Genoa", 2, true],
    ["Genoa", 3, false],
    ["Genoa", 5, false],
    ["Genoa", 5, true],
    ["Turin", 3, false],
    ["Turin", 5, false],
    ["Turin", 5, true],
  ] as const)(
    "are its bytes again: %s, version %i, with reserved bytes: %s",
    (product, version, isReserved) => {
      const report = reportOf(product, version);
      const joined = joinReportFields(toFields(report, isReserved));
      expect(parseSnpReport(joined).version).toBe(version);
      expect(toHex(joined)).toBe(toHex(report));
    },
  );

  const fields = toFields(reportOf("Genoa", 3), false);
  it.each([
    ["no version", { version: undefined }],
    ["a version that is no number", { version: "3" }],
    ["a negative number", { vmpl: -1 }],
    ["a number of more than its bytes", { guest_svn: 2 ** 32 }],
    ["a number that JSON's readers round", { policy: 2 ** 53 }],
    ["a byte too much", { report_data: new Array(65).fill(0) }],
    ["a byte that is none", { report_data: new Array(64).fill(256) }],
    ["a fraction of a byte", { report_data: new Array(64).fill(0.5) }],
    ["a string in place of bytes", { report_data: "00" }],
    ["a tcb without a part", { reported_tcb: { fmc: null, bootloader: 1, tee: 1, snp: 1 } }],
    ["firmware without a part", { current: { major: 1, minor: 1 } }],
    ["a signature without a number", { signature: { r: new Array(72).fill(0) } }],
  ])("are malformed with %s", (_, changes) => {
    expect(() => joinReportFields({ ...fields, ...changes })).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});

describe("evidence of an agent of Confidential Containers", () => {
  const vendor = vendors.Genoa;
  const entry = (type: unknown, data: Uint8Array) => ({ cert_type: type, data: [...data] });
  const table = [
    entry("ASK", vendor.ask),
    entry("VCEK", vendor.leaf()),
    entry({ OTHER: "c0b406a4-a803-4952-9743-3fb6014cd0ae" }, utf8("of the host's")),
  ];
  const answer = (evidence: JsonObject) =>
    verifySnpEvidence({
      evidence: utf8(JSON.stringify(evidence)),
      endorsements: [],
      trustRoots: [utf8(pemOf("CERTIFICATE", vendor.ark))],
      binding: undefined,
      at: new Date("2026-06-01T00:00:00Z"),
      allowDebug: false,
    });
  const fields = toFields(reportOf("Genoa", 3), false);

  it("is verified with the certificates of its table", () => {
    expect(answer({ attestation_report: fields, cert_chain: table })).toMatchObject({
      verified: true,
    });
    expect(answer({ attestation_report: fields, cert_chain: null })).toMatchObject({
      refusal: "endorsements-unavailable",
    });
  });

  it("is refused with a field changed", () => {
    const changed = { ...fields, guest_svn: 7 };
    expect(answer({ attestation_report: changed, cert_chain: table })).toMatchObject({
      refusal: "bad-signature",
    });
  });

  it("may be the report's fields alone", () => {
    expect(answer(fields)).toMatchObject({ refusal: "endorsements-unavailable" });
  });
});
