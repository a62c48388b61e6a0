// SPDX-License-Identifier: Apache-2.0
/** What a verification of the store finds. */

import { type RecordKey, StrongroomError } from "@strongroom/core";
import { findingLimit } from "./limits.ts";

/** One thing that is not as it must be; the message names the record or the log, never content. */
export interface Finding {
  readonly kind: "StoreTampered" | "HeadRollback";
  readonly message: string;
}

/** Takes a finding; verification goes on. */
export type Report = (kind: Finding["kind"], message: string) => void;

/** Findings and how to add to them. */
export function collectFindings(): {
  readonly findings: readonly Finding[];
  readonly report: Report;
} {
  const findings: Finding[] = [];
  return {
    findings,
    report: (kind, message) => {
      if (findings.length < findingLimit) {
        findings.push({ kind, message });
      }
    },
  };
}

/** A record's name in messages. */
export function nameOf({ scope, id }: RecordKey): string {
  return `record ${scope}/${id}`;
}

/** The error for a record that is not what the audit log says. */
export function tampered(key: RecordKey, what: string): StrongroomError {
  return new StrongroomError("StoreTampered", `${nameOf(key)} ${what}`);
}
