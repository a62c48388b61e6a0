// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies a quote of an Azure confidential machine's virtual TPM: the hardware vouches for the paravisor, its report
 * for the runtime data, that for the attestation key, and the key for the quote.
 */

import { type KeyObject, verify } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import { askSomething, assertStated, isByteString, orUnbound, type Stated } from "../stated.ts";
import { checkPcrs, type RequiredPcrs } from "../tpm/check-pcrs.ts";
import { parseTpmQuote } from "../tpm/parse-tpm-quote.ts";
import { parseTpmSignature } from "../tpm/parse-tpm-signature.ts";
import { type PcrBanks, parsePcrBanks, toPcrBanks } from "../tpm/pcr-values.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type HclReport, parseHclReport } from "./parse-hcl-report.ts";
import { type HclRuntimeData, parseHclRuntimeData } from "./parse-runtime-data.ts";

/** What the machine sent. */
export interface AzureVtpmEvidence {
  /** What NV index 0x01400001 holds. */
  readonly hclReport: Uint8Array;
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  /** RSASSA with SHA-256: TPMT_SIGNATURE, or the bare signature. */
  readonly signature: Uint8Array;
  readonly pcrs: PcrBanks;
}

/** What the evidence must be bound to. */
export interface AzureVtpmExpectation {
  /** The quote's extraData, exactly; the hardware's report may be as old as the machine's boot. */
  readonly extraData: Uint8Array | "unbound";
  /** 64 bytes that the guest had the paravisor put into the report. */
  readonly userData: Uint8Array | "unbound";
  /** PCRs, by bank, that the quote must cover at least; `unbound` says that whatever was quoted will do. */
  readonly requiredPcrs: RequiredPcrs | "unbound";
}

const stated: Stated<AzureVtpmExpectation> = {
  extraData: orUnbound(isByteString),
  userData: orUnbound(isByteString),
  requiredPcrs: orUnbound(askSomething),
};

/** VMPL in an SNP report. */
const vmpl = { start: 0x30, end: 0x34 } as const;

/** Verifies the hardware's report; it is told the report and nothing that the machine says about itself. */
export type HardwareVerifier<Facts> = (hardware: HclReport["hardware"]) => Verdict<Facts>;

/** What verified evidence says. */
export interface AzureVtpmFacts<Facts> {
  readonly hardware: Facts;
  readonly runtimeData: HclRuntimeData;
  /** Values by bank and index; every one is covered by the quote. */
  readonly pcrs: PcrBanks;
  readonly binding: "bound" | "unbound";
}

/** Verifies the whole chain, hardware first. @throws {StrongroomError} `BadParameter` if an expectation is missing. */
export function verifyAzureVtpm<Facts>(
  evidence: AzureVtpmEvidence,
  verifyHardware: HardwareVerifier<Facts>,
  expected: AzureVtpmExpectation,
): Verdict<AzureVtpmFacts<Facts>> {
  assertStated(expected, stated);
  return decide(() => {
    const report = parseHclReport(evidence.hclReport);
    const hardware = verifyHardware(report.hardware);
    if (hardware.kind === "refused") {
      return hardware;
    }
    if (!report.isBound) {
      return refuse("binding-mismatch", "the hardware does not vouch for the runtime data");
    }
    if (!isParavisors(report.hardware)) {
      return refuse("binding-mismatch", "the guest asked for the report, and not its paravisor");
    }
    const runtimeData = parseHclRuntimeData(report.runtimeData);
    const refused =
      checkQuote(evidence, runtimeData.attestationKey, expected) ??
      checkUserData(runtimeData, expected.userData);
    if (refused !== undefined) {
      return refused;
    }
    const isBound = expected.extraData !== "unbound" || expected.userData !== "unbound";
    const pcrs = toPcrBanks(parsePcrBanks(evidence.pcrs));
    const binding = isBound ? ("bound" as const) : ("unbound" as const);
    return { kind: "verified", claims: { hardware: hardware.claims, runtimeData, pcrs, binding } };
  });
}

/**
 * Whether the paravisor asked: it alone is at VMPL 0. A guest that can ask for reports of its own gets them with the same
 * measurement, for whatever runtime data it makes up. AMD 56860, section 7.3, VMPL.
 */
function isParavisors({ kind, report }: HclReport["hardware"]): boolean {
  return kind !== "snp" || report.subarray(vmpl.start, vmpl.end).every((byte) => byte === 0);
}

function checkQuote(
  evidence: AzureVtpmEvidence,
  key: KeyObject,
  expected: AzureVtpmExpectation,
): Refused | undefined {
  const signature = toRsaSignature(evidence.signature, key);
  if (signature === undefined || !verify("sha256", evidence.quote, key, signature)) {
    return refuse("bad-signature", "the quote was not signed by the attestation key");
  }
  const quote = parseTpmQuote(evidence.quote);
  const { extraData } = expected;
  if (extraData !== "unbound" && !equalBytes(quote.extraData, extraData)) {
    return refuse("binding-mismatch", "the quote answers another challenge");
  }
  return checkPcrs(quote, "sha256", parsePcrBanks(evidence.pcrs), expected.requiredPcrs);
}

function toRsaSignature(signature: Uint8Array, key: KeyObject): Uint8Array | undefined {
  const modulusBytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (signature.length === modulusBytes) {
    return signature;
  }
  const parsed = parseTpmSignature(signature);
  return parsed.algorithm === "rsassa" && parsed.hash === "sha256" ? parsed.value : undefined;
}

function checkUserData(
  { userData }: HclRuntimeData,
  expected: AzureVtpmExpectation["userData"],
): Refused | undefined {
  if (expected === "unbound") {
    return undefined;
  }
  return userData !== undefined && equalBytes(userData, expected)
    ? undefined
    : refuse("binding-mismatch", "the report was made for other user data");
}
