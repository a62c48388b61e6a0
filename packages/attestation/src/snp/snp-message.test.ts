// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import {
  createAmdVendor,
  makeAmdReport,
  protobuf,
  snpAttestationMessage,
  snpReportMessage,
} from "@strongroom/testing";
import { readSnpMessage } from "./snp-message.ts";

const vendors = (["Milan", "Genoa", "Turin"] as const).map((product) => createAmdVendor(product));
const [vendor = createAmdVendor("Milan")] = vendors;
const report = vendor.sign(makeAmdReport(vendor));
const leaf = vendor.leaf();
const attestation = snpAttestationMessage(report, leaf);

const malformed = expect.objectContaining({ code: "EvidenceMalformed" });

describe("a report in a message", () => {
  it("is the report's bytes, of every product and version", () => {
    for (const one of vendors) {
      for (const version of [2, 3, 5]) {
        const signed = one.sign(makeAmdReport(one, { version }));
        expect(readSnpMessage(snpReportMessage(signed)).report).toEqual(signed);
      }
    }
  });

  it("comes with its certificates, the firmware's left out", () => {
    expect(readSnpMessage(attestation)).toEqual({ report, certificates: [leaf] });
    const [one, two, three, firmware, vlek] = [1, 2, 3, 4, 6].map((byte) => Uint8Array.of(byte));
    if (!(one && two && three && firmware && vlek)) {
      throw new TypeError("a certificate is missing");
    }
    const chain = protobuf([1, one], [2, two], [3, three], [4, firmware], [6, vlek]);
    const message = protobuf([1, snpReportMessage(report)], [2, chain]);
    expect(readSnpMessage(message).certificates).toEqual([one, two, three, vlek]);
  });

  it("may come without any", () => {
    expect(readSnpMessage(protobuf([1, snpReportMessage(report)]))).toEqual({
      ...{ report, certificates: [] },
    });
  });

  it.each([8, 2])("is found in another message's field %i", (field) => {
    const other = [1, Uint8Array.of(0, 1, 0, 0x0b)] as const;
    expect(readSnpMessage(protobuf(other, [field, attestation]))).toEqual({
      ...{ report, certificates: [leaf] },
    });
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a field that is there twice", concatBytes(snpReportMessage(report), protobuf([1, 2n]))],
    ["a number that is too great", concatBytes(snpReportMessage(report), protobuf([21, 256n]))],
    ["no report", protobuf([1, Uint8Array.of(0, 1)], [8, protobuf([2, leaf])])],
    ["text", new Uint8Array(Buffer.from("\nreport"))],
  ])("is not found in %s", (_, message) => {
    expect(() => readSnpMessage(message)).toThrow(malformed);
  });

  it("has numbers up to the greatest that their place holds", () => {
    const message = concatBytes(snpReportMessage(report), protobuf([21, 255n]));
    expect(readSnpMessage(message).report).toEqual(report.with(0x1e8, 255));
  });

  it("has a processor of any family", () => {
    for (const family of [0x0e, 0x0f, 0x1a, 0x20, 0xff]) {
      const other = report.with(0x188, family);
      expect(readSnpMessage(snpReportMessage(other)).report).toEqual(other);
    }
  });
});
