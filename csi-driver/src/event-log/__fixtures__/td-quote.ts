// SPDX-License-Identifier: Apache-2.0
/** Quotes of a trust domain whose registers are what a log gives. */

import {
  type IntelPki,
  type IntelQuoteKind,
  intelBodyOffset,
  mintIntelQuote,
} from "@strongroom/testing";
import { parseEventLog } from "../../../../packages/attestation/src/eventlog/parse-event-log.ts";
import { replayEventLog } from "../../../../packages/attestation/src/eventlog/replay-event-log.ts";

/** Offsets of RTMR0 and REPORTDATA in a TD's report, and bytes of a register. */
const report = { rtmr: 328, reportData: 520, registerBytes: 48 } as const;

/** Sets the registers in what a quote signs. @param log With digests of SHA-384 */
export function setRegisters(bytes: Uint8Array, kind: IntelQuoteKind, log: Uint8Array): void {
  const numbers = [1, 2, 3, 4];
  const values = replayEventLog(parseEventLog(log), "sha384", "td", numbers);
  for (const number of numbers) {
    const offset = report.rtmr + (number - 1) * report.registerBytes;
    bytes.set(values.get(number) ?? [], intelBodyOffset(kind) + offset);
  }
}

/** Mints a quote of a TD that was started as the log says. */
export function mintTdQuote(
  pki: IntelPki,
  { reportData, log }: { readonly reportData: Uint8Array; readonly log: Uint8Array },
): Uint8Array {
  const kind = "td15-5";
  return mintIntelQuote(kind, pki, {
    signed: (bytes) => {
      setRegisters(bytes, kind, log);
      bytes.set(reportData, intelBodyOffset(kind) + report.reportData);
    },
  });
}
