// SPDX-License-Identifier: Apache-2.0
/** Intel TDX and SGX quotes before the authority. */

import type { AttestSgxRequest, AttestTdxRequest } from "@strongroom/api";
import {
  type DcapClaims,
  type Refused,
  readDcapEndorsements,
  refuse,
  rtmrRegisters,
  toDcapClaims,
  toEventLogClaims,
  type Verdict,
  verifyDcapQuote,
} from "@strongroom/attestation";
import { equalBytes, fromBase64url, StrongroomError, sha256, toBase64url } from "@strongroom/core";
import { mergeDcap } from "./endorsement-files.ts";
import { eventLogClaims } from "./event-log.ts";
import {
  type Appraisal,
  type Claims,
  commonParts,
  type Evidence,
  filesOf,
  type InitTime,
  initTimeOf,
  type RequestParts,
  reportDataOf,
  type Verification,
} from "./evidence.ts";
import { checkWatermark } from "./tcb-watermark.ts";

/** Evidence of a trust domain. */
export function tdxEvidence(request: AttestTdxRequest): Evidence {
  return quoteEvidence(fromBase64url(request.quote), "TdxVm", request);
}

/** Evidence of an enclave. */
export function sgxEvidence(request: AttestSgxRequest): Evidence {
  return quoteEvidence(fromBase64url(request.quote), "SgxEnclave", request);
}

/** Evidence of an enclave as Open Enclave's SDK forms it: OE_ATTESTATION header (version 1, type 2, size), then the quote. */
export function openEnclaveEvidence(report: Uint8Array, request: QuoteParts): Evidence {
  const view = new DataView(report.buffer, report.byteOffset, report.byteLength);
  const isReport =
    report.length > 16 &&
    view.getUint32(0, true) === 1 &&
    view.getUint32(4, true) === 2 &&
    view.getBigUint64(8, true) === BigInt(report.length - 16);
  if (!isReport) {
    throw new StrongroomError("EvidenceMalformed", "the report has no header of Open Enclave");
  }
  return quoteEvidence(report.slice(16), "SgxEnclave", request);
}

interface QuoteParts extends RequestParts {
  /** Of a trust domain. */
  readonly eventLog?: string | undefined;
  readonly initTimeData?: RequestParts["runtimeData"] | undefined;
}

function quoteEvidence(
  quote: Uint8Array,
  kind: "TdxVm" | "SgxEnclave",
  request: QuoteParts,
): Evidence {
  const { runtimeData, requested } = commonParts(request);
  const initTime = initTimeOf(request.initTimeData);
  // Azure's name for data that an enclave holds and that is no JSON.
  const held =
    kind === "SgxEnclave" && runtimeData.type === "Binary"
      ? { "x-ms-sgx-ehd": toBase64url(runtimeData.bytes) }
      : {};
  return {
    kind,
    digest: sha256(quote),
    runtimeData,
    requested: { ...requested, ...held, ...initTime.requested },
    verify: async (verification) => {
      const reportData = reportDataOf(verification.binding);
      const files = filesOf(request);
      const verdict = await verifyQuote(quote, { kind, reportData, files }, verification);
      if (verdict.kind === "refused") {
        return verdict;
      }
      const { claims, root, verified } = verdict.claims;
      const log = logClaims(request.eventLog, verified);
      if (log.kind === "refused") {
        return log;
      }
      const all = { ...log.claims, ...claims };
      return (
        checkInitTime(verified, initTime) ?? { kind: "verified", claims: { claims: all, root } }
      );
    },
  };
}

/** An enclave has no registers that a log could give. */
function logClaims(eventLog: string | undefined, { quote: { body } }: DcapClaims): Verdict<Claims> {
  return body.kind === "tdx"
    ? eventLogClaims(eventLog, rtmrRegisters(body.report), toEventLogClaims)
    : { kind: "verified", claims: {} };
}

// Azure Attestation, "Init-time data": the lower 32 bytes of CONFIGID, which the enclave's loader chose.
function checkInitTime({ quote }: DcapClaims, { digest }: InitTime): Refused | undefined {
  const { body } = quote;
  const isInitial =
    digest === undefined ||
    (body.kind === "sgx" && equalBytes(body.report.configId.slice(0, digest.length), digest));
  return isInitial
    ? undefined
    : refuse("binding-mismatch", "the configuration id is not of the init-time data");
}

/** A quote's question: of which TEE it must be, and bound to what. */
export interface QuoteQuestion {
  readonly kind: "TdxVm" | "SgxEnclave";
  readonly reportData: Uint8Array;
  readonly files: readonly Uint8Array[];
}

/** Verifies and appraises a quote; answers it with its claims. */
export async function verifyQuote(
  quote: Uint8Array,
  { kind, reportData, files }: QuoteQuestion,
  { tx, rules, at }: Verification,
): Promise<Verdict<Appraisal & { readonly verified: DcapClaims }>> {
  const tee = kind === "TdxVm" ? "tdx" : "sgx";
  const wanted = rules.spec[tee];
  const endorsements = mergeDcap(readDcapEndorsements(files), rules[tee].endorsements);
  const verdict = verifyDcapQuote(
    quote,
    {
      reportData,
      acceptedTcb: wanted.acceptedTcb,
      minimumTcbEvaluationDataNumber: wanted.minimumTcbEvaluationDataNumber,
      debug: wanted.debug === "Allow" ? "accepted" : "refused",
      migratable: "migratable" in wanted && wanted.migratable === "Allow" ? "accepted" : "refused",
    },
    { endorsements, roots: rules[tee].roots, cache: rules[tee].cache },
    at,
  );
  if (verdict.kind === "refused") {
    return verdict;
  }
  const verified = verdict.claims;
  if (verified.quote.body.kind !== tee) {
    return refuse("policy-denied", "the quote is of another kind of TEE than was asked for");
  }
  return (
    checkPlatform(verified, wanted) ??
    (await checkWatermark(tx, verified)) ?? {
      kind: "verified",
      claims: { verified, claims: toDcapClaims(verified) as Claims, root: verified.root },
    }
  );
}

function checkPlatform(
  { platform }: DcapClaims,
  wanted: Verification["rules"]["spec"]["sgx"],
): Refused | undefined {
  const ids = [platform.ppid, platform.platformInstanceId].filter((id) => id !== undefined);
  if (wanted.deniedFamilies.includes(platform.fmspc)) {
    return refuse("policy-denied", "the family of platforms is denied");
  }
  if (wanted.deniedPlatforms.some((denied) => ids.includes(denied))) {
    return refuse("policy-denied", "the platform is denied");
  }
  const { allowedPlatforms } = wanted;
  return allowedPlatforms === undefined || allowedPlatforms.some((one) => ids.includes(one))
    ? undefined
    : refuse("policy-denied", "the platform is not an allowed one");
}
