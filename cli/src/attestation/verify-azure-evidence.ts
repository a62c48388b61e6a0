// SPDX-License-Identifier: Apache-2.0
/** Verifies evidence of Azure's confidential machines for `strongroom attestation verify`. */

import {
  type AzureVtpmEvidence,
  type AzureVtpmFacts,
  asAscii,
  type DcapClaims,
  ifWellFormed,
  parseHclReport,
  pcrRegisters,
  readAmdEndorsements,
  readAzureEvidence,
  readAzureFiles,
  readDcapEndorsements,
  refuse,
  type SnpFacts,
  snpHardware,
  tdxHardware,
  toAzureClaims,
  toAzureMachineClaims,
  toDcapClaims,
  toSnpClaims,
  type Verdict,
  verifyAzureVtpm,
} from "@strongroom/attestation";
import { type Answer, type Question, toAnswer, toRefusal, toReportData } from "./answer.ts";
import { type ProvenLog, proveEventLogs, splitEventLogs } from "./event-logs.ts";
import {
  dcapExpectation,
  dcapFindings,
  dcapTrust,
  refuseMigratable,
} from "./verify-dcap-evidence.ts";
import { amdTrust, appraiseForUser, snpFindings } from "./verify-snp-evidence.ts";

/** Evidence of which the quote may be missing: then the hardware's report is all that can be said no to. */
interface FoundEvidence {
  readonly hclReport: Uint8Array;
  readonly evidence: AzureVtpmEvidence | undefined;
  readonly vcek: Uint8Array | undefined;
  readonly tdQuote: Uint8Array | undefined;
  readonly eventLogs?: readonly Uint8Array[];
}

/** Verifies the machine's hardware, its paravisor's runtime data, and its virtual TPM's quote. */
export function verifyAzureEvidence(given: Question): Answer {
  const { logs, others } = splitEventLogs(given.endorsements);
  const question = { ...given, endorsements: others };
  const found = { ...findEvidence(question), eventLogs: logs };
  return parseHclReport(found.hclReport).hardware.kind === "snp"
    ? verifySnpMachine(found, question)
    : verifyTdxMachine(found, question);
}

function findEvidence({ evidence: file, endorsements }: Question): FoundEvidence {
  if (asAscii(file)?.trim().startsWith("{") === true && !isTpmQuoteAlone(file)) {
    const found = readAzureEvidence(file);
    return { ...found, hclReport: found.evidence.hclReport };
  }
  const { hclReport, quote, tdQuote } = readAzureFiles([file, ...endorsements]);
  const pcrs = quote?.pcrs;
  const evidence =
    quote === undefined || pcrs === undefined
      ? undefined
      : { hclReport, quote: quote.message, signature: quote.signature, pcrs };
  return { hclReport, evidence, vcek: undefined, tdQuote };
}

/** A quote's own JSON has no report in it: that is a file of its own then. */
function isTpmQuoteAlone(file: Uint8Array): boolean {
  return !/"(?:hcl_report|report)"/u.test(Buffer.from(file).toString("latin1"));
}

function verifySnpMachine(found: FoundEvidence, question: Question): Answer {
  const more = found.vcek === undefined ? [] : [found.vcek];
  const files = readableBy(question.endorsements, readAmdEndorsements);
  const { endorsements, trust } = amdTrust({ ...question, endorsements: files }, more);
  const hardware = snpHardware(endorsements, trust, question.at);
  const verdict = verifyBound(found, hardware, question);
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const facts = verdict.claims.hardware;
  const refused = appraiseForUser(facts, question);
  const claims = toAzureClaims(verdict.claims, toSnpClaims(facts));
  return refused === undefined
    ? answerWithLog(question, { claims, findings: snpFindings(facts) }, verdict.claims, found)
    : toRefusal(refused);
}

function verifyTdxMachine(found: FoundEvidence, question: Question): Answer {
  const { tdQuote } = found;
  if (tdQuote === undefined) {
    return toRefusal(refuse("endorsements-unavailable", "no quote of the machine's td"));
  }
  const endorsements = readableBy(question.endorsements, (file) => readDcapEndorsements([file]));
  const trust = dcapTrust({ ...question, endorsements });
  const hardware = tdxHardware(tdQuote, dcapExpectation(question), trust, question.at);
  const verdict = verifyBound(found, hardware, question);
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const facts = verdict.claims.hardware;
  const refused = refuseMigratable(facts);
  if (refused !== undefined) {
    return toRefusal(refused);
  }
  const claims = toAzureClaims(verdict.claims, toDcapClaims(facts));
  return answerWithLog(question, { claims, findings: dcapFindings(facts) }, verdict.claims, found);
}

/** Adds what the virtual TPM's log proves. */
function answerWithLog(
  question: Question,
  { claims, findings }: ProvenLog,
  { pcrs }: Pick<AzureVtpmFacts<unknown>, "pcrs">,
  { eventLogs = [] }: FoundEvidence,
): Answer {
  const log = proveEventLogs(eventLogs, pcrRegisters(pcrs), toAzureMachineClaims);
  return "kind" in log
    ? toRefusal(log)
    : toAnswer(question, { ...claims, ...log.claims }, { ...findings, ...log.findings });
}

type Hardware = typeof snpHardware | typeof tdxHardware;

/**
 * What was asked is answered by the quote itself, or by the user data that the guest had put into the report: agents of
 * version 2 do the latter.
 */
function verifyBound<Facts extends SnpFacts | DcapClaims>(
  { evidence, hclReport }: FoundEvidence,
  hardware: (report: Parameters<ReturnType<Hardware>>[0]) => Verdict<Facts>,
  question: Question,
): Verdict<AzureVtpmFacts<Facts>> {
  if (evidence === undefined) {
    const verdict = hardware(parseHclReport(hclReport).hardware);
    return verdict.kind === "refused"
      ? verdict
      : refuse("malformed", "the evidence has no quote with its pcr values");
  }
  const extraData = question.binding?.bytes ?? ("unbound" as const);
  const check = (bound: {
    readonly extraData: Uint8Array | "unbound";
    readonly userData: Uint8Array | "unbound";
  }) => verifyAzureVtpm(evidence, hardware, { ...bound, requiredPcrs: "unbound" });
  const verdict = check({ extraData, userData: "unbound" });
  const userData = toReportData(question);
  return verdict.kind === "refused" &&
    verdict.class === "binding-mismatch" &&
    userData !== undefined
    ? check({ extraData: "unbound", userData })
    : verdict;
}

/** Files that are endorsements of this vendor's; parts of the evidence may have been given beside them. */
function readableBy(
  files: readonly Uint8Array[],
  read: (file: Uint8Array) => unknown,
): readonly Uint8Array[] {
  return files.filter((file) => ifWellFormed(() => read(file)) !== undefined);
}
