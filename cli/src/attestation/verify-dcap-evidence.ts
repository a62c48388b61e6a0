// SPDX-License-Identifier: Apache-2.0
/** Verifies TDX and SGX quotes for `strongroom attestation verify`. */

import {
  type DcapClaims,
  isDebuggable,
  parseQuote,
  readDcapEndorsements,
  type TcbStatus,
  toDcapClaims,
  verifyDcapQuote,
} from "@strongroom/attestation";
import { isStrongroomError } from "@strongroom/core";
import type { Answer, Question } from "./answer.ts";
import { readDcapRoots } from "./read-trust-roots.ts";

/** What needs no update of firmware; how a platform is configured is for its owner's policy. */
const acceptedTcb: readonly TcbStatus[] = [
  ...(["UpToDate", "SWHardeningNeeded"] as const),
  ...(["ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded"] as const),
];

/** Verifies a quote of the kind that was asked for. */
export function verifyDcapEvidence(kind: "tdx" | "sgx", question: Question): Answer {
  try {
    return verify(kind, question);
  } catch (error) {
    // Endorsements come from whoever sends the evidence: what is wrong with them is said as of evidence.
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return { verified: false, refusal: "malformed", reason: error.message };
    }
    throw error;
  }
}

function verify(kind: "tdx" | "sgx", question: Question): Answer {
  const bytes = question.evidence;
  const { body } = parseQuote(bytes);
  if (body.kind !== kind) {
    return { verified: false, refusal: "malformed", reason: `the quote is of ${body.kind}` };
  }
  const verdict = verifyDcapQuote(
    bytes,
    {
      // Nothing to compare with is said in the answer; see `binding-unchecked`.
      reportData: question.reportData ?? body.report.reportData,
      acceptedTcb,
      minimumTcbEvaluationDataNumber: 0,
      debug: question.allowDebug ? "accepted" : "refused",
      migratable: "refused",
    },
    {
      endorsements: readDcapEndorsements(question.endorsements),
      roots: readDcapRoots(question.trustRoots),
    },
    question.at,
  );
  if (verdict.kind === "refused") {
    return { verified: false, refusal: verdict.class, reason: verdict.reason };
  }
  const { claims } = verdict;
  return { verified: true, claims: toDcapClaims(claims), findings: findingsOf(claims, question) };
}

function findingsOf({ quote, tcb }: DcapClaims, question: Question): readonly string[] {
  const { body } = quote;
  const since15 = body.kind === "tdx" ? body.report.since15 : undefined;
  const found: readonly (readonly [string, boolean])[] = [
    ["binding-unchecked", question.reportData === undefined],
    ["debug", isDebuggable(quote)],
    [`tcb-${tcb.status}`, tcb.status !== "UpToDate"],
    ["service-td-bound", since15?.mrServiceTd.some((byte) => byte !== 0) === true],
    ["trailing-bytes", quote.trailing > 0],
  ];
  return found.flatMap(([finding, isSo]) => (isSo ? [finding] : []));
}
