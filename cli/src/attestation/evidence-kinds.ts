// SPDX-License-Identifier: Apache-2.0
/** The kinds of evidence that `--type` names, and who verifies each. */

import { isStrongroomError } from "@strongroom/core";
import type { Answer, Question, VerifyEvidence } from "./answer.ts";
import { verifyAzureEvidence } from "./verify-azure-evidence.ts";
import { verifyCcaEvidence } from "./verify-cca-evidence.ts";
import { verifyDcapEvidence } from "./verify-dcap-evidence.ts";
import { verifyJwtEvidence } from "./verify-jwt-evidence.ts";
import { verifyNitroEvidence } from "./verify-nitro-evidence.ts";
import { verifyNrasEvidence } from "./verify-nras-evidence.ts";
import { verifySnpEvidence } from "./verify-snp-evidence.ts";
import { verifyTpmEvidence } from "./verify-tpm-evidence.ts";

const verifiers = {
  snp: verifySnpEvidence,
  tdx: (question) => verifyDcapEvidence("tdx", question),
  sgx: (question) => verifyDcapEvidence("sgx", question),
  tpm: verifyTpmEvidence,
  "azure-vtpm": verifyAzureEvidence,
  nitro: verifyNitroEvidence,
  cca: verifyCcaEvidence,
  nras: verifyNrasEvidence,
  jwt: verifyJwtEvidence,
} as const satisfies Readonly<Record<string, VerifyEvidence>>;

/** A kind of evidence. */
export type EvidenceKind = keyof typeof verifiers;

/** Every kind, as `--type` spells it. */
export const evidenceKinds = Object.keys(verifiers) as readonly EvidenceKind[];

/** Whether there is such a kind. */
export function isEvidenceKind(kind: string): kind is EvidenceKind {
  return Object.hasOwn(verifiers, kind);
}

/** Verifies evidence of the kind that was asked for. */
export function verifyEvidence(kind: EvidenceKind, question: Question): Answer {
  try {
    return verifiers[kind](question);
  } catch (error) {
    // Endorsements come from whoever sends the evidence: what is wrong with them is said as of evidence.
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return { verified: false, refusal: "malformed", reason: error.message };
    }
    throw error;
  }
}
