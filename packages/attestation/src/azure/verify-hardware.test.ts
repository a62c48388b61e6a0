// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { intelBodyOffset, mintIntelEvidence } from "@strongroom/testing";
import { at, expectation } from "../__fixtures__/intel.ts";
import { readDcapEndorsements } from "../dcap/dcap-endorsements.ts";
import { checkTdReport, type TdExpectation, tdxHardware } from "./verify-hardware.ts";

type Kind = "td10-4" | "td10-5" | "td15-5" | "td15ex-5" | "sgx4";

/** TDREPORT of the quote's TD: REPORTDATA at 128, TDINFO at 512. */
function tdReport(quote: Uint8Array, kind: Kind): Uint8Array {
  const body = quote.slice(intelBodyOffset(kind));
  const report = new Uint8Array(1024).fill(0xee);
  report.set(body.slice(120, 520), 512);
  report.set(body.slice(520, 584), 128);
  return report;
}

function attempt(kind: Kind, change: (report: Uint8Array) => void = () => {}) {
  const { quote, endorsements, fingerprint } = mintIntelEvidence({ kind });
  const { reportData: _, ...expected } = expectation;
  const report = tdReport(quote, kind);
  change(report);
  const trust = {
    endorsements: readDcapEndorsements([endorsements]),
    roots: [{ name: "ours", class: "software", fingerprint }],
  } as const;
  return (hardware: "snp" | "tdx", changes: Partial<TdExpectation> = {}) =>
    tdxHardware(quote, { ...expected, ...changes }, trust, at)({ kind: hardware, report });
}

describe("a TDREPORT of an Azure machine", () => {
  it.each<Kind>(["td10-4", "td10-5", "td15-5", "td15ex-5"])(
    "is verified by its quote: %s",
    (kind) => {
      expect(attempt(kind)("tdx")).toMatchObject({
        kind: "verified",
        claims: { root: { name: "ours" }, quote: { body: { kind: "tdx" } } },
      });
    },
  );

  it.each([128, 191, 512, 911])("is refused with byte %i changed", (offset) => {
    const change = (report: Uint8Array) => report.fill(1, offset, offset + 1);
    expect(attempt("td15-5", change)("tdx")).toMatchObject({ class: "binding-mismatch" });
  });

  it("counts for no more than its quote, whose expectations are asked of it", () => {
    expect(attempt("td15-5")("tdx", { acceptedTcb: [] })).toMatchObject({
      class: "tcb-out-of-date",
    });
  });

  it("is none of another hardware's, or of an enclave's", () => {
    const refused = { class: "malformed", reason: expect.stringContaining("does not have TDX") };
    expect(attempt("td15-5")("snp")).toMatchObject(refused);
    expect(attempt("sgx4")("tdx")).toMatchObject(refused);
  });

  it("is refused that is too short to say anything", () => {
    expect(checkTdReport(new Uint8Array(), new Uint8Array())?.class).toBe("binding-mismatch");
  });
});
