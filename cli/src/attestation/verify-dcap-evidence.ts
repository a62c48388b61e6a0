// SPDX-License-Identifier: Apache-2.0
/** Verifies TDX and SGX quotes for `strongroom attestation verify`. */

import {
  type DcapClaims,
  type DcapTrust,
  hasReservedBits,
  hasServiceTd,
  isDebuggable,
  parseQuote,
  type QuoteBody,
  type Refused,
  readDcapEndorsements,
  refuse,
  rtmrRegisters,
  type SignedRegisters,
  type TcbStatus,
  type TdExpectation,
  toDcapClaims,
  toEventLogClaims,
  verifyDcapQuote,
} from "@strongroom/attestation";
import { type Answer, type Question, toAnswer, toRefusal, toReportData } from "./answer.ts";
import { proveEventLogs, splitEventLogs } from "./event-logs.ts";
import { openQuoteFile } from "./open-quote-file.ts";
import { readDcapRoots } from "./read-trust-roots.ts";

/** What needs no update of firmware; how a platform is configured is for its owner's policy. */
const acceptedTcb: readonly TcbStatus[] = [
  ...(["UpToDate", "SWHardeningNeeded"] as const),
  ...(["ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded"] as const),
];

/** Verifies a quote of the kind that was asked for. */
export function verifyDcapEvidence(kind: "tdx" | "sgx", question: Question): Answer {
  const { logs, others } = splitEventLogs(question.endorsements);
  const { quote: bytes, eventLogs } = openQuoteFile(question.evidence);
  const { body } = parseQuote(bytes);
  if (body.kind !== kind) {
    return toRefusal(refuse("malformed", `the quote is of ${body.kind}`));
  }
  // Nothing to compare with is said in the answer; see `binding-unchecked`.
  const reportData = toReportData(question) ?? body.report.reportData;
  const expected = { ...dcapExpectation(question), reportData };
  const trust = dcapTrust({ ...question, endorsements: others });
  const verdict = verifyDcapQuote(bytes, expected, trust, question.at);
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const migratable = refuseMigratable(verdict.claims);
  if (migratable !== undefined) {
    return toRefusal(migratable);
  }
  const log = proveEventLogs([...eventLogs, ...logs], registersOf(body), toEventLogClaims);
  if ("kind" in log) {
    return toRefusal(log);
  }
  const claims = { ...toDcapClaims(verdict.claims), ...log.claims };
  return toAnswer(question, claims, { ...dcapFindings(verdict.claims), ...log.findings });
}

/** An enclave has no registers that a log could give. */
function registersOf(body: QuoteBody): SignedRegisters {
  return body.kind === "tdx" ? rtmrRegisters(body.report) : { kind: "td", banks: new Map() };
}

/** The refusal of a TD that another one may move, with all that is in its memory. */
export function refuseMigratable(claims: DcapClaims): Refused | undefined {
  return toDcapClaims(claims)["x-strongroom-tdx-migratable"] === true
    ? refuse("policy-denied", "the td is migratable")
    : undefined;
}

/** What is accepted of a platform for a user who names no policy. */
export function dcapExpectation({ allowDebug }: Question): TdExpectation {
  return {
    acceptedTcb,
    minimumTcbEvaluationDataNumber: 0,
    debug: allowDebug ? "accepted" : "refused",
    // A service TD is a finding; what may be moved is refused below.
    migratable: "accepted",
  };
}

/** What Intel signed, and whom to trust about it. */
export function dcapTrust(
  { endorsements, trustRoots }: Question,
  more: readonly Uint8Array[] = [],
): DcapTrust {
  return {
    endorsements: readDcapEndorsements([...endorsements, ...more, ...trustRoots]),
    roots: readDcapRoots(trustRoots),
  };
}

/** What somebody should know of a quote that was verified. */
export function dcapFindings({ quote, tcb }: DcapClaims): Readonly<Record<string, boolean>> {
  const { body } = quote;
  return {
    debug: isDebuggable(quote),
    [`tcb-${tcb.status}`]: tcb.status !== "UpToDate",
    "service-td-bound": body.kind === "tdx" && hasServiceTd(body.report),
    "reserved-bits": hasReservedBits(body),
    "trailing-bytes": quote.trailing > 0,
  };
}
