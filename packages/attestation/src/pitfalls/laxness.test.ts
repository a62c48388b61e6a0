// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import {
  createAmdVendor,
  makeAmdReport,
  mintIntelCrl,
  mintIntelEvidence,
} from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { parseSnpReport } from "../snp/parse-snp-report.ts";

const malformed = expect.objectContaining({ code: "EvidenceMalformed" });
const one = Uint8Array.of(0);

describe("10.1 item 3: a revocation list that cannot be parsed is no list that lets everything be", () => {
  it.each(["rootCrl", "pckCrl"] as const)("refuses a %s with bytes after it", (name) => {
    const evidence = mintIntelEvidence({
      endorsements: (pki) => {
        const issuer = name === "rootCrl" ? pki.root : pki.ca;
        return { [name]: concatBytes(mintIntelCrl({ issuer }), one) };
      },
    });
    expect(() => verifyEvidence(evidence)).toThrow(malformed);
  });
});

describe("10.1 item 21: bytes that nobody verified", () => {
  it("refuses a signed report with a byte after it", () => {
    const vendor = createAmdVendor("Milan");
    const report = vendor.sign(makeAmdReport(vendor));
    expect(parseSnpReport(report).version).toBe(3);
    expect(() => parseSnpReport(concatBytes(report, one))).toThrow(malformed);
  });
});
