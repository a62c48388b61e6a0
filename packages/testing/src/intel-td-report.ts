// SPDX-License-Identifier: Apache-2.0
/** A TDREPORT of a test trust domain, and the quote that a quoting service makes of it. Intel TDX module, TDREPORT_STRUCT. */

import type { IntelPki } from "./intel-pki.ts";
import { intelBodyOffset, intelQuoteBody, mintIntelQuote } from "./intel-quote.ts";

const bytes = 1024;
/** Azure's service answers quotes of version 4. */
const kind = "td10-4";
/** REPORTMACSTRUCT's type of TDX. */
const tdxType = 0x81;

/** What a TDREPORT has in common with a quote's body: ATTRIBUTES to RTMR3, and REPORTDATA. */
const shared = [
  { report: 512, body: 120, length: 400 },
  { report: 128, body: 520, length: 64 },
] as const;

/** Makes a report. Its MAC is zero: nobody but the processor looks at it. */
export function makeTdReport(reportData: Uint8Array): Uint8Array {
  const report = new Uint8Array(bytes);
  const body = intelQuoteBody(kind);
  body.set(reportData, 520);
  report[0] = tdxType;
  for (const { report: to, body: from, length } of shared) {
    report.set(body.subarray(from, from + length), to);
  }
  return report;
}

/** The quote of a report, under the test vendor. */
export function quoteTdReport(report: Uint8Array, pki: IntelPki): Uint8Array {
  return mintIntelQuote(kind, pki, {
    signed: (signed) => {
      for (const { report: from, body: to, length } of shared) {
        signed.set(report.subarray(from, from + length), intelBodyOffset(kind) + to);
      }
    },
  });
}
