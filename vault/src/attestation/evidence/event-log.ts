// SPDX-License-Identifier: Apache-2.0
/** An event log that came with a quote, of a TPM or a TD: what it proves is said beside what the quote says. */

import {
  type JsonObject,
  type ProvenEventLog,
  type SignedRegisters,
  type Verdict,
  verifyEventLog,
} from "@strongroom/attestation";
import { fromBase64url } from "@strongroom/core";
import type { Claims } from "./evidence.ts";

/**
 * The claims of a log; none where there is no log, or one of weak digests, which proves nothing. A log that is none, or of
 * another machine's registers, is refused with the evidence that it came with.
 */
export function eventLogClaims(
  eventLog: string | undefined,
  registers: SignedRegisters,
  toClaims: (log: ProvenEventLog) => JsonObject,
): Verdict<Claims> {
  if (eventLog === undefined) {
    return { kind: "verified", claims: {} };
  }
  const verdict = verifyEventLog(fromBase64url(eventLog), registers);
  if (verdict.kind === "verified") {
    return { kind: "verified", claims: toClaims(verdict.claims) as Claims };
  }
  return verdict.class === "policy-denied" ? { kind: "verified", claims: {} } : verdict;
}
