// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport, makeCertificateTable, pemOf } from "@strongroom/testing";
import { verifySnpEvidence } from "./verify-snp-evidence.ts";

const vendor = createAmdVendor("Genoa");
const report = vendor.sign(makeAmdReport(vendor));
const leaf = vendor.leaf();

/** The answer about a report with what a host put behind it, by these certificates beside the vendor's own. */
function answer(behind: Uint8Array, endorsements: readonly Uint8Array[]) {
  return verifySnpEvidence({
    evidence: concatBytes(report, behind),
    endorsements: [vendor.ask, ...endorsements],
    trustRoots: [utf8(pemOf("CERTIFICATE", vendor.ark))],
    binding: undefined,
    at: new Date("2026-06-01T00:00:00Z"),
    allowDebug: false,
  });
}

const usual = ["binding-unchecked", "revocation-unchecked"];

describe("what a host puts behind a report", () => {
  it("is a table of certificates, which are as good as others", () => {
    const table = makeCertificateTable([["vcek", leaf]]);
    expect(answer(table, [])).toMatchObject({ verified: true, findings: usual });
    expect(answer(concatBytes(table, new Uint8Array(100)), [])).toMatchObject({ findings: usual });
  });

  it.each([
    ["a few zeros", new Uint8Array(20)],
    ["an entry that points elsewhere", new Uint8Array(48).fill(0x11, 0, 24)],
    ["text", utf8("text of the host's")],
  ])("is as good as nothing where it is no table: %s", (_, behind) => {
    expect(answer(behind, [leaf])).toMatchObject({
      ...{ verified: true, findings: [...usual, "trailing-bytes"] },
    });
    expect(answer(behind, [])).toMatchObject({ refusal: "endorsements-unavailable" });
  });
});
