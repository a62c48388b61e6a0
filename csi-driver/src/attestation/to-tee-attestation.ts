// SPDX-License-Identifier: Apache-2.0
/** Evidence of a TEE, what it is bound to and its endorsements, in the form in which they travel: Azure Attestation's. */

import {
  type AzureEvidence,
  maxEndorsementBytes,
  maxEndorsements,
  type TeeAttestation,
} from "@strongroom/api";
import { toBase64url, utf8 } from "@strongroom/core";
import type { TeeEvidence } from "../tee/tee-evidence.ts";

/** @param runtimeData The very bytes whose hash the evidence is bound to. */
export function toTeeAttestation(
  evidence: TeeEvidence,
  runtimeData: Uint8Array,
  files: readonly Uint8Array[],
): TeeAttestation {
  const endorsements = encodeFiles(files);
  const common = {
    runtimeData: { data: toBase64url(runtimeData), dataType: "JSON" as const },
    endorsements,
  };
  switch (evidence.kind) {
    case "SevSnpVm": {
      const report = toBase64urlJson({ SnpReport: toBase64url(evidence.report) });
      return { kind: evidence.kind, body: { ...common, report } };
    }
    case "TdxVm": {
      const body = { ...common, quote: toBase64url(evidence.quote), ...logOf(evidence) };
      return { kind: evidence.kind, body };
    }
    case "SgxEnclave":
      return { kind: evidence.kind, body: { ...common, quote: toBase64url(evidence.quote) } };
    case "Nitro":
      return { kind: evidence.kind, body: { ...common, document: toBase64url(evidence.document) } };
    case "Cca":
      return { kind: evidence.kind, body: { ...common, token: toBase64url(evidence.token) } };
    case "AzureGuest": {
      const info = { ...toAzure(evidence), runtimeData: common.runtimeData.data, endorsements };
      return { kind: evidence.kind, body: { AttestationInfo: toBase64urlJson(info) } };
    }
  }
}

function toAzure(
  evidence: Extract<TeeEvidence, { readonly kind: "AzureGuest" }>,
): Omit<AzureEvidence, "endorsements" | "runtimeData"> {
  const { hclReport, quote, signature, pcrs, tdQuote } = evidence;
  return {
    hclReport: toBase64url(hclReport),
    quote: toBase64url(quote),
    signature: toBase64url(signature),
    pcrs: { sha256: pcrs },
    ...(tdQuote === undefined ? {} : { tdQuote: toBase64url(tdQuote) }),
    ...logOf(evidence),
  };
}

function logOf({ eventLog }: { readonly eventLog?: Uint8Array }): { readonly eventLog?: string } {
  return eventLog === undefined ? {} : { eventLog: toBase64url(eventLog) };
}

/** What the vault would not take of files is left out: the rest may do. */
function encodeFiles(files: readonly Uint8Array[]): string[] {
  return files
    .filter(({ length }) => length > 0 && length <= maxEndorsementBytes)
    .slice(0, maxEndorsements)
    .map(toBase64url);
}

function toBase64urlJson(value: unknown): string {
  return toBase64url(utf8(JSON.stringify(value)));
}
