// SPDX-License-Identifier: Apache-2.0
/** The hardware's part of an Azure machine's evidence: an SNP report, or a TDREPORT that only a quote makes verifiable. */

import { equalBytes } from "@strongroom/core";
import type { DcapTrust } from "../dcap/certified-platform.ts";
import type { DcapClaims, DcapExpectation } from "../dcap/dcap-verdict.ts";
import { parseQuote } from "../dcap/parse-quote.ts";
import { verifyDcapQuote } from "../dcap/verify-dcap-quote.ts";
import type { AmdTrust } from "../snp/endorse-amd-key.ts";
import type { AmdEndorsements } from "../snp/read-amd-endorsements.ts";
import { type SnpFacts, verifySnp } from "../snp/verify-snp-report.ts";
import { type Refused, refuse } from "../verdict.ts";
import type { HardwareVerifier } from "./verify-azure-vtpm.ts";

/**
 * Verifies the SNP report of a machine. Its report data is the runtime data's digest, which `verifyAzureVtpm` compares;
 * here it is therefore unbound.
 */
export function snpHardware(
  endorsements: AmdEndorsements,
  trust: AmdTrust,
  at: Date,
): HardwareVerifier<SnpFacts> {
  return ({ kind, report }) =>
    kind === "snp"
      ? verifySnp({ report, endorsements }, trust, { reportData: "unbound" }, at)
      : refuse("endorsements-unavailable", "the machine has TDX, whose quote is needed");
}

/** What is asked of the TD's quote; its report data is that of the TDREPORT, which the runtime data is bound to. */
export type TdExpectation = Omit<DcapExpectation, "reportData">;

/** Verifies the TDREPORT of a machine by the quote that was made of it. */
export function tdxHardware(
  quote: Uint8Array,
  expected: TdExpectation,
  trust: DcapTrust,
  at: Date,
): HardwareVerifier<DcapClaims> {
  return ({ kind, report }) => {
    const parsed = parseQuote(quote);
    if (kind !== "tdx" || parsed.body.kind !== "tdx") {
      return refuse("malformed", "the machine does not have TDX, or the quote is of no td");
    }
    const { reportData } = parsed.body.report;
    const body = parsed.signed.slice(parsed.version === 5 ? bodyStart.v5 : bodyStart.v4);
    return (
      checkTdReport(report, body) ?? verifyDcapQuote(quote, { ...expected, reportData }, trust, at)
    );
  };
}

/** Where the report body begins in what is signed: behind the header; in version 5 also behind its type and size. */
const bodyStart = { v4: 48, v5: 54 } as const;

/** TDINFO in a TDREPORT, and the same fields (ATTRIBUTES to RTMR3) in a quote's body: 400 bytes each. */
const info = { report: 512, body: 120, bytes: 400 } as const;

/** REPORTDATA in both. */
const data = { report: 128, body: 520, bytes: 64 } as const;

/**
 * Refuses a TDREPORT that is not the one of a verified quote: a TDREPORT has a MAC that only its processor can check,
 * so that all its fields count for nothing until a quote repeats them.
 *
 * @param quoteBody The quote's TD report body, 584 bytes or more.
 */
export function checkTdReport(tdReport: Uint8Array, quoteBody: Uint8Array): Refused | undefined {
  const isSame = [info, data].every(({ report, body, bytes }) => {
    const reported = tdReport.slice(report, report + bytes);
    return reported.length === bytes && equalBytes(reported, quoteBody.slice(body, body + bytes));
  });
  return isSame
    ? undefined
    : refuse("binding-mismatch", "the quote is of another td than the report");
}
