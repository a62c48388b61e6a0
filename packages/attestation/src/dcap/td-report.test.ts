// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type IntelEvidenceChanges, intelBodyOffset, mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { toDcapClaims } from "./dcap-claims.ts";
import { parseQuote } from "./parse-quote.ts";
import { hasServiceTd } from "./td-report.ts";

const kind = "td15ex-5";
const body = intelBodyOffset(kind);
const verify = (quote: IntelEvidenceChanges["quote"] = {}) =>
  verifyEvidence(mintIntelEvidence({ kind, quote }));

describe("a report of TD 1.5ex", () => {
  it("is claimed field by field", () => {
    const verdict = verify();
    const claims = verdict.kind === "verified" ? toDcapClaims(verdict.claims) : {};
    expect(claims).toMatchObject({
      tdx_report_data: "d0".repeat(64),
      "x-strongroom-tdx-tee-tcb-svn2": `040102${"00".repeat(13)}`,
      "x-strongroom-tdx-mrservicetd": "00".repeat(48),
      "x-strongroom-tdx-vmid": 2,
      "x-strongroom-tdx-td-id": "e0".repeat(32),
      "x-strongroom-tdx-devinfo": "e1".repeat(48),
      "x-strongroom-tdx-init-servicetd": "e2".repeat(48),
      "x-strongroom-tdx-init-servicetd-attributes": "e3".repeat(8),
      "x-strongroom-tdx-init-cpu-svn": "e4".repeat(16),
      "x-strongroom-tdx-init-tee-tcb-svn": "e5".repeat(16),
      "x-strongroom-tdx-init-fmspc": "e6".repeat(12),
      "x-strongroom-tdx-curr-servicetd": "e7".repeat(48),
      "x-strongroom-tdx-curr-servicetd-attributes": "e8".repeat(8),
    });
  });

  it.each([584, 600, 648, 649, 681, 884])("is signed as a whole: byte %i", (offset) => {
    const finished = (quote: Buffer) => quote.writeUInt8(0x5a, body + offset);
    expect(verify({ finished })).toMatchObject({ kind: "refused", class: "bad-signature" });
  });

  it("has no more bytes that are signed than its own", () => {
    const { quote } = mintIntelEvidence({ kind });
    expect(parseQuote(quote).signed).toEqual(quote.slice(0, 48 + 6 + 885));
  });
});

describe("a service TD", () => {
  const isBound = (offset?: number) => {
    const signed = (bytes: Buffer) => {
      bytes.fill(0, body + 600, body + 885);
      bytes.fill(offset === undefined ? 0 : 1, body + (offset ?? 0), body + (offset ?? 0) + 1);
    };
    const parsed = parseQuote(mintIntelEvidence({ kind, quote: { signed } }).quote).body;
    return parsed.kind === "tdx" && hasServiceTd(parsed.report);
  };

  it.each([
    ["MRSERVICETD", 600],
    ["the digest at the creation", 729],
    ["the digest of now", 829],
  ])("is bound where %s says so", (_, offset) => {
    expect(isBound(offset)).toBe(true);
  });

  it.each([
    ["nothing says so", undefined],
    ["only the id of the TD is there", 649],
  ])("is not bound where %s", (_, offset) => {
    expect(isBound(offset)).toBe(false);
  });

  it("is none of a TD 1.0, which has no field for it", () => {
    const parsed = parseQuote(mintIntelEvidence({ kind: "td10-4" }).quote).body;
    expect(parsed.kind === "tdx" && hasServiceTd(parsed.report)).toBe(false);
  });
});
