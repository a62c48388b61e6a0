// SPDX-License-Identifier: Apache-2.0
/** What `strongroom attestation verify` is asked, and what it answers. */

import { type RefusalClass, type Refused, refuse } from "@strongroom/attestation";
import { CommandError } from "../terminal.ts";

/** Evidence with everything to verify it by, read from files. */
export interface Question {
  readonly evidence: Uint8Array;
  /** What vendors signed, and other parts of the evidence that tools write into files of their own. */
  readonly endorsements: readonly Uint8Array[];
  /** The vendors' own where there are none. */
  readonly trustRoots: readonly Uint8Array[];
  /** What the evidence must be bound to, as it was given; without it nothing says that it answers anybody. */
  readonly binding:
    | { readonly kind: "report-data" | "nonce"; readonly bytes: Uint8Array }
    | undefined;
  readonly at: Date;
  readonly allowDebug: boolean;
}

/** Verifies evidence of one kind; malformed evidence may be thrown as such. */
export type VerifyEvidence = (question: Question) => Answer;

/** The one JSON object on standard output. */
export type Answer =
  | {
      readonly verified: true;
      readonly claims: Readonly<Record<string, unknown>>;
      /** What is no reason to refuse, and what somebody should know. */
      readonly findings: readonly string[];
    }
  | { readonly verified: false; readonly refusal: RefusalClass; readonly reason: string };

/** Why evidence is refused, as an answer. */
export function toRefusal({ class: refusal, reason }: Refused): Answer {
  return { verified: false, refusal, reason };
}

/** An answer of claims; each finding that is so is named, and the missing binding first. */
export function toAnswer(
  question: Question,
  claims: Readonly<Record<string, unknown>>,
  findings: Readonly<Record<string, boolean>> = {},
): Answer {
  const all = { "binding-unchecked": question.binding === undefined, ...findings };
  const named = Object.entries(all).flatMap(([finding, isSo]) => (isSo ? [finding] : []));
  return { verified: true, claims, findings: named };
}

/** The refusal of debug evidence, unless it was allowed. */
export function refuseDebug({ allowDebug }: Question, isDebug: boolean): Refused | undefined {
  return isDebug && !allowDebug
    ? refuse("policy-denied", "the evidence is of what a debugger may read")
    : undefined;
}

const reportDataBytes = 64;

/** What a report must be bound to: 64 bytes, padded with zeros. @throws {CommandError} `BadParameter` if it is longer. */
export function toReportData({ binding }: Question): Uint8Array | undefined {
  if (binding === undefined) {
    return undefined;
  }
  if (binding.bytes.length > reportDataBytes) {
    throw new CommandError("BadParameter", `report data has 1 to ${reportDataBytes} bytes`);
  }
  const padded = new Uint8Array(reportDataBytes);
  padded.set(binding.bytes);
  return padded;
}
