// SPDX-License-Identifier: Apache-2.0
/** Event logs that were given with a quote: told apart from what vendors sign, and held to the registers that it covers. */

import {
  isEventLog,
  type JsonObject,
  type ProvenEventLog,
  type Refused,
  type SignedRegisters,
  toBinary,
  verifyEventLog,
} from "@strongroom/attestation";

/** Files that are logs, as bytes, and the others as they were. */
export function splitEventLogs(files: readonly Uint8Array[]): {
  readonly logs: readonly Uint8Array[];
  readonly others: readonly Uint8Array[];
} {
  const isLog = (file: Uint8Array) => isEventLog(toBinary(file));
  return { logs: files.filter(isLog).map(toBinary), others: files.filter((file) => !isLog(file)) };
}

/** What a log adds to an answer. */
export interface ProvenLog {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly findings: Readonly<Record<string, boolean>>;
}

/** What of the proved log is said, and in which names. */
export type LogClaims = (log: ProvenEventLog) => JsonObject;

/**
 * What the first log proves; every one that was given has to hold. One of other registers than the quote's is refused;
 * one that has no strong bank proves nothing, and somebody should know.
 */
export function proveEventLogs(
  logs: readonly Uint8Array[],
  registers: SignedRegisters,
  toClaims: LogClaims,
): ProvenLog | Refused {
  const verdicts = logs.map((log) => verifyEventLog(log, registers));
  const refused = verdicts.filter((verdict) => verdict.kind === "refused");
  const [mismatch] = refused.filter((verdict) => verdict.class !== "policy-denied");
  if (mismatch !== undefined) {
    return mismatch;
  }
  const [proven] = verdicts.filter((verdict) => verdict.kind === "verified");
  const claims = proven === undefined ? {} : toClaims(proven.claims);
  return {
    claims,
    findings: {
      "event-log-weak": refused.length > 0,
      "event-log-partly-unproven": (proven?.claims.unproven.length ?? 0) > 0,
      "secureboot-unproven": proven !== undefined && claims["secureboot"] === undefined,
    },
  };
}
