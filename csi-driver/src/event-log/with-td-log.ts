// SPDX-License-Identifier: Apache-2.0
/** The log of a trust domain (CCEL) beside its quote. UEFI, section 38.4; Intel, "Guest-Host-Communication Interface", section 4.3. */

import {
  ifWellFormed,
  parseQuote,
  rtmrRegisters,
  type SignedRegisters,
} from "@strongroom/attestation";
import type { Collected, TeeCollector } from "../tee/tee-evidence.ts";
import type { EventLogSource } from "./event-log-source.ts";

/** A collector of the same evidence; of a trust domain's with the log that gives its registers. */
export function withTdLog(collector: TeeCollector, eventLog: EventLogSource): TeeCollector {
  return {
    collect: async (binding, signal) => {
      const first = await collector.collect(binding, signal);
      if (first.evidence.kind !== "TdxVm") {
        return first;
      }
      let ready: Collected | undefined = first;
      const { eventLog: log, ...collected } = await eventLog.quoteWith(
        {
          quote: async () => {
            const quoted = ready ?? (await collector.collect(binding, signal));
            ready = undefined;
            return quoted;
          },
          registersOf,
        },
        signal,
      );
      const { evidence } = collected;
      return log === undefined || evidence.kind !== "TdxVm"
        ? collected
        : { ...collected, evidence: { ...evidence, eventLog: log } };
    },
  };
}

/** None of what is no quote, which is for the authority to refuse. */
function registersOf({ evidence }: Collected): SignedRegisters {
  const body =
    evidence.kind === "TdxVm" ? ifWellFormed(() => parseQuote(evidence.quote).body) : undefined;
  return body?.kind === "tdx" ? rtmrRegisters(body.report) : { kind: "td", banks: new Map() };
}
