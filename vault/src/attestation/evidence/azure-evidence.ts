// SPDX-License-Identifier: Apache-2.0
/** Azure confidential machines before the authority: the hardware under its own rules, then the virtual TPM's quote. */

import { createHash } from "node:crypto";
import { type AttestAzureRequest, azureEvidenceSchema } from "@strongroom/api";
import {
  checkTdReport,
  type HclReport,
  parseHclReport,
  pcrRegisters,
  readAmdEndorsements,
  refuse,
  snpHardware,
  toAzureClaims,
  toAzureMachineClaims,
  type Verdict,
  verifyAzureVtpm,
} from "@strongroom/attestation";
import { fromBase64url, sha256 } from "@strongroom/core";
import { mergeAmd } from "./endorsement-files.ts";
import { eventLogClaims } from "./event-log.ts";
import type { Appraisal, Claims, Evidence, Verification } from "./evidence.ts";
import { decodeJson } from "./evidence.ts";
import { verifyQuote } from "./quote-evidence.ts";
import { acceptSnp, amdTrust } from "./snp-evidence.ts";

interface Sent {
  readonly hclReport: Uint8Array;
  readonly tdQuote: Uint8Array | undefined;
  readonly files: readonly Uint8Array[];
}

/** Where a quote's body begins: behind the header, and since version 5 behind its type and size. */
const bodyOffset = { older: 48, version5: 54 } as const;

/** REPORTDATA in a TDREPORT. */
const reportData = { start: 128, end: 192 } as const;

/** Evidence of a request. */
export function azureEvidence(request: AttestAzureRequest): Evidence {
  const info = azureEvidenceSchema.parse(decodeJson(request.AttestationInfo));
  const quote = fromBase64url(info.quote);
  const sent: Sent = {
    hclReport: fromBase64url(info.hclReport),
    tdQuote: info.tdQuote === undefined ? undefined : fromBase64url(info.tdQuote),
    files: (info.endorsements ?? []).map(fromBase64url),
  };
  return {
    kind: "AzureGuest",
    digest: sha256(quote),
    runtimeData: { bytes: fromBase64url(info.runtimeData), type: "JSON" },
    verify: async (verification) => {
      const { rules, binding } = verification;
      const { hardware } = parseHclReport(sent.hclReport);
      const verdict = await verifyHardware(hardware, sent, verification);
      const evidence = {
        hclReport: sent.hclReport,
        quote,
        signature: fromBase64url(info.signature),
        pcrs: info.pcrs,
      };
      const expected = {
        extraData: binding,
        userData: "unbound",
        requiredPcrs: { sha256: rules.spec.azure.pcrs },
      } as const;
      return toAppraisal(
        verifyAzureVtpm(evidence, () => verdict, expected),
        info.eventLog,
      );
    },
  };
}

async function verifyHardware(
  { kind, report }: HclReport["hardware"],
  { files, tdQuote }: Sent,
  verification: Verification,
): Promise<Verdict<Appraisal>> {
  const { rules, at } = verification;
  if (kind === "snp") {
    const given = mergeAmd([...files.map(readAmdEndorsements), rules.amd.endorsements]);
    return acceptSnp(snpHardware(given, amdTrust(rules), at)({ kind, report }), rules);
  }
  if (tdQuote === undefined) {
    return refuse("endorsements-unavailable", "a machine with TDX needs a quote");
  }
  const question = {
    kind: "TdxVm" as const,
    reportData: report.slice(reportData.start, reportData.end),
    files,
  };
  const verdict = await verifyQuote(tdQuote, question, verification);
  if (verdict.kind === "refused") {
    return verdict;
  }
  const { quote } = verdict.claims.verified;
  const offset = quote.version === 5 ? bodyOffset.version5 : bodyOffset.older;
  return checkTdReport(report, quote.signed.slice(offset)) ?? verdict;
}

function toAppraisal(
  verdict: ReturnType<typeof verifyAzureVtpm<Appraisal>>,
  eventLog: string | undefined,
): Verdict<Appraisal> {
  if (verdict.kind === "refused") {
    return verdict;
  }
  const facts = verdict.claims;
  const log = eventLogClaims(eventLog, pcrRegisters(facts.pcrs), toAzureMachineClaims);
  if (log.kind === "refused") {
    return log;
  }
  const { attestationKey, vmId } = facts.runtimeData;
  const key = attestationKey.export({ type: "spki", format: "der" });
  const id = createHash("sha256")
    .update(key)
    .update(vmId ?? "")
    .digest("hex");
  const { claims, root } = facts.hardware;
  return {
    kind: "verified",
    claims: {
      claims: { ...log.claims, ...(toAzureClaims(facts, claims) as Claims) },
      root,
      device: `azure:${id}`,
    },
  };
}
