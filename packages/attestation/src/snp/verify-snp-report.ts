// SPDX-License-Identifier: Apache-2.0
/** Verifies a SEV-SNP report: who signed it, on which chip and firmware, for which challenge. AMD 56860, section 7.3. */

import { verify } from "node:crypto";
import { equalBytes, StrongroomError } from "@strongroom/core";
import { assertInstant, isByteString } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type AmdEndorser, type AmdTrust, endorseAmdKeys } from "./endorse-amd-key.ts";
import { isZero, parseSnpReport, type SnpReport } from "./parse-snp-report.ts";
import { productOfCpu } from "./product.ts";
import type { AmdEndorsements } from "./read-amd-endorsements.ts";

/** A report with what its vendor signed about the key that signed it. */
export interface SnpEvidence {
  readonly report: Uint8Array;
  readonly endorsements: AmdEndorsements;
}

/** What the report must be bound to. */
export interface SnpExpectation {
  /** REPORT_DATA, all 64 bytes; `unbound` says that the caller binds the report in another way. */
  readonly reportData: Uint8Array | "unbound";
}

/** What a verified report says, and how it was verified. */
export interface SnpFacts {
  readonly report: SnpReport;
  readonly endorser: AmdEndorser;
  readonly binding: "bound" | "unbound";
  /** What is odd but no reason to doubt that the report is authentic. */
  readonly findings: readonly SnpFinding[];
}

/** `reserved-bits`: bits that have no meaning yet are set. `chip-id-masked`: the report does not name its chip. */
export type SnpFinding = "reserved-bits" | "chip-id-masked";

/** Bytes of REPORT_DATA. */
const reportDataBytes = 64;

/**
 * Verifies a report against what came with it.
 *
 * @throws {StrongroomError} `BadParameter` if an expectation is missing, or the report data has not 64 bytes.
 */
export function verifySnp(
  { report, endorsements }: SnpEvidence,
  trust: AmdTrust,
  expected: SnpExpectation,
  at: Date,
): Verdict<SnpFacts> {
  assertExpected(expected, at);
  return decide(() => {
    const parsed = parseSnpReport(report);
    const refusals: Refused[] = [];
    for (const endorsed of endorseAmdKeys(endorsements, trust, at)) {
      const verdict =
        endorsed.kind === "refused"
          ? endorsed
          : verifyReport(parsed, endorsed.claims, expected, at);
      if (verdict.kind === "verified") {
        return verdict;
      }
      refusals.push(verdict);
    }
    return refusals[0] ?? refuse("endorsements-unavailable", "no certificate of the signing key");
  });
}

/** Verifies a report by a key whose chain was verified before. @throws {StrongroomError} `BadParameter`, as `verifySnp`. */
export function verifySnpReport(
  report: Uint8Array,
  endorser: AmdEndorser,
  expected: SnpExpectation,
  at: Date,
): Verdict<SnpFacts> {
  assertExpected(expected, at);
  return decide(() => verifyReport(parseSnpReport(report), endorser, expected, at));
}

function assertExpected(expected: SnpExpectation, at: Date): void {
  assertInstant(at);
  const { reportData } = expected;
  const isWhole = isByteString(reportData) && reportData.length === reportDataBytes;
  if (reportData !== "unbound" && !isWhole) {
    throw new StrongroomError("BadParameter", "report data of 64 bytes is expected");
  }
}

function verifyReport(
  report: SnpReport,
  endorser: AmdEndorser,
  expected: SnpExpectation,
  at: Date,
): Verdict<SnpFacts> {
  const refused =
    checkSigner(report, endorser, at) ??
    checkSignature(report, endorser) ??
    checkDerivation(report, endorser) ??
    checkBinding(report, expected);
  if (refused !== undefined) {
    return refused;
  }
  const binding = expected.reportData === "unbound" ? "unbound" : "bound";
  return {
    kind: "verified",
    claims: { report, endorser, binding, findings: findingsOf(report, endorser) },
  };
}

function checkSigner(report: SnpReport, endorser: AmdEndorser, at: Date): Refused | undefined {
  // With the chip's key masked the firmware writes zeros for a signature: nothing was proved.
  if (report.isChipKeyMasked || report.signingKey === "none") {
    return refuse("bad-signature", "the report was not signed");
  }
  if (report.signingKey !== endorser.leaf.holder.kind) {
    return refuse("untrusted-chain", "the report was signed by a key of another kind");
  }
  return endorser.notBefore <= at && at <= endorser.notAfter
    ? undefined
    : refuse("expired", "a certificate of the chain is not valid at this time");
}

function checkSignature(report: SnpReport, { leaf }: AmdEndorser): Refused | undefined {
  const key = { key: leaf.certificate.publicKey, dsaEncoding: "ieee-p1363" as const };
  return verify("sha384", report.signed, key, report.signature)
    ? undefined
    : refuse("bad-signature", "the report was not signed by the endorsed key");
}

/** The key is derived from the chip and from REPORTED_TCB, not from the current one: AMD 57230, section 1. */
function checkDerivation(report: SnpReport, { leaf }: AmdEndorser): Refused | undefined {
  if (report.cpu !== undefined && productOfCpu(report.cpu) !== leaf.product) {
    return refuse("untrusted-chain", "the report is of another product than its key");
  }
  if (!equalBytes(report.reportedTcb, leaf.tcb)) {
    return refuse("untrusted-chain", "the key is of another TCB than the report");
  }
  if (leaf.holder.kind === "vlek" || isZero(report.chipId)) {
    return undefined;
  }
  const { hwId } = leaf.holder;
  const isChip =
    equalBytes(report.chipId.subarray(0, hwId.length), hwId) &&
    isZero(report.chipId.subarray(hwId.length));
  return isChip ? undefined : refuse("untrusted-chain", "the key is another chip's");
}

function checkBinding(report: SnpReport, { reportData }: SnpExpectation): Refused | undefined {
  return reportData === "unbound" || equalBytes(report.reportData, reportData)
    ? undefined
    : refuse("binding-mismatch", "the report answers another challenge");
}

function findingsOf(report: SnpReport, { leaf }: AmdEndorser): readonly SnpFinding[] {
  const isMasked = leaf.holder.kind === "vcek" && isZero(report.chipId);
  return [
    ...(report.isReservedZero ? [] : ["reserved-bits" as const]),
    ...(isMasked ? ["chip-id-masked" as const] : []),
  ];
}
