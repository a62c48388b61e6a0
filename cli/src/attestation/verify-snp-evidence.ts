// SPDX-License-Identifier: Apache-2.0
/** Verifies SEV-SNP reports for `strongroom attestation verify`. */

import {
  type AmdEndorsements,
  type AmdTrust,
  appraiseSnp,
  ifWellFormed,
  readAmdEndorsements,
  readSnpReport,
  type SnpFacts,
  toSnpClaims,
  verifySnp,
} from "@strongroom/attestation";
import {
  type Answer,
  type Question,
  refuseDebug,
  toAnswer,
  toRefusal,
  toReportData,
} from "./answer.ts";
import { openSnpFile } from "./open-snp-file.ts";
import { readAmdRoots } from "./read-trust-roots.ts";

/** Verifies a report with whatever certificates came with it. */
export function verifySnpEvidence(question: Question): Answer {
  const opened = openSnpFile(question.evidence);
  const { report, certificateTable } = readSnpReport(opened.report);
  const beside = certificateTable === undefined ? [] : [certificateTable];
  // Hosts write what they like behind a report: what is no table is as good as none.
  const tables = beside.filter((table) => ifWellFormed(() => readAmdEndorsements(table)));
  const { endorsements, trust } = amdTrust(question, [...opened.endorsements, ...tables]);
  const expected = { reportData: toReportData(question) ?? ("unbound" as const) };
  const verdict = verifySnp({ report, endorsements }, trust, expected, question.at);
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const refused = appraiseForUser(verdict.claims, question);
  return refused === undefined
    ? toAnswer(question, toSnpClaims(verdict.claims), {
        ...snpFindings(verdict.claims),
        "trailing-bytes": tables.length < beside.length,
      })
    : toRefusal(refused);
}

/** What vouches for AMD's keys, and whom to trust about it. */
export function amdTrust(
  { endorsements: files, trustRoots }: Question,
  more: readonly Uint8Array[] = [],
): { readonly endorsements: AmdEndorsements; readonly trust: AmdTrust } {
  const read = [...more, ...files, ...trustRoots].map(readAmdEndorsements);
  const endorsements = {
    certificates: read.flatMap(({ certificates }) => certificates),
    crls: read.flatMap(({ crls }) => crls),
  };
  const roots = readAmdRoots(trustRoots, endorsements.certificates);
  return { endorsements, trust: { roots, revocation: "if-given" } };
}

/** Debug and migration are refused; which firmware and privilege level is good enough is for the user's own policy. */
export function appraiseForUser(facts: SnpFacts, question: Question) {
  const isDebug = toSnpClaims(facts)["x-ms-sevsnpvm-is-debuggable"] === true;
  return (
    refuseDebug(question, isDebug) ??
    appraiseSnp(facts, {
      ...{ debug: question.allowDebug ? "allow" : "refuse", migrationAgent: "refuse" },
      ...{ vmpls: "unbound", providers: "unbound", aliasCheck: "unbound" },
      floors: { Milan: "unbound", Genoa: "unbound", Turin: "unbound" },
      ...{ deniedChips: [], unknownPolicyBits: 0n },
    })
  );
}

/** What somebody should know of a report that was verified. */
export function snpFindings(facts: SnpFacts): Readonly<Record<string, boolean>> {
  const claims = toSnpClaims(facts);
  return {
    debug: claims["x-ms-sevsnpvm-is-debuggable"] === true,
    "revocation-unchecked": facts.endorser.revocation === "unbound",
    "memory-aliases-unchecked": claims["x-strongroom-snp-alias-check"] !== true,
    ...Object.fromEntries(facts.findings.map((finding) => [finding, true])),
  };
}
