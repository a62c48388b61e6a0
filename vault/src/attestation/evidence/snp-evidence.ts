// SPDX-License-Identifier: Apache-2.0
/** AMD SEV-SNP reports before the authority. */

import { type AttestSnpRequest, snpReportSchema } from "@strongroom/api";
import {
  appraiseSnp,
  type Refused,
  readAmdEndorsements,
  refuse,
  type SnpFacts,
  type SnpRules,
  toSnpClaims,
  type Verdict,
  verifySnp,
} from "@strongroom/attestation";
import { equalBytes, fromBase64url, sha256, toHex } from "@strongroom/core";
import type { AttestationRules } from "../rules/attestation-rules.ts";
import { mergeAmd } from "./endorsement-files.ts";
import {
  type Appraisal,
  commonParts,
  decodeJson,
  type Evidence,
  filesOf,
  initTimeOf,
  reportDataOf,
} from "./evidence.ts";

/** Evidence of a request. @throws {StrongroomError} `EvidenceMalformed` or a schema's error if it is none. */
export function snpEvidence(request: AttestSnpRequest): Evidence {
  const { SnpReport, VcekCertChain } = snpReportSchema.parse(decodeJson(request.report));
  const report = fromBase64url(SnpReport);
  const chain = VcekCertChain === undefined ? [] : [fromBase64url(VcekCertChain)];
  const initTime = initTimeOf(request.initTimeData);
  const { requested, ...parts } = commonParts(request);
  const { endorsements: files } = request;
  return {
    kind: "SevSnpVm",
    digest: sha256(report),
    ...parts,
    requested: { ...requested, ...initTime.requested },
    verify: async ({ rules, binding, at }) => {
      const given = [...chain, ...filesOf({ endorsements: files })].map(readAmdEndorsements);
      const endorsements = mergeAmd([...given, rules.amd.endorsements]);
      const expected = { reportData: reportDataOf(binding) };
      const verdict = verifySnp({ report, endorsements }, amdTrust(rules), expected, at);
      const accepted = acceptSnp(verdict, rules);
      if (accepted.kind === "refused") {
        return accepted;
      }
      const { facts, ...appraisal } = accepted.claims;
      const { digest } = initTime;
      const isInitial = digest === undefined || equalBytes(facts.report.hostData, digest);
      return isInitial
        ? { kind: "verified", claims: appraisal }
        : refuse("binding-mismatch", "the host data is not of the init-time data");
    },
  };
}

/** Whom to trust about AMD's chips. */
export function amdTrust({ amd, spec }: AttestationRules) {
  const revocation = spec.snp.revocation === "Required" ? "required" : "if-given";
  return { roots: amd.roots, revocation, cache: amd.cache } as const;
}

/** Appraises a verified report; answers it with its claims. */
export function acceptSnp(
  verdict: Verdict<SnpFacts>,
  { spec }: AttestationRules,
): Verdict<Appraisal & { readonly facts: SnpFacts }> {
  if (verdict.kind === "refused") {
    return verdict;
  }
  const facts = verdict.claims;
  const { name, class: trustClass, ark: fingerprint } = facts.endorser.root;
  return (
    appraiseSnp(facts, toSnpRules(spec.snp)) ??
    checkAllowed(facts, spec.snp.allowedChips) ?? {
      kind: "verified",
      claims: { facts, claims: toSnpClaims(facts), root: { name, class: trustClass, fingerprint } },
    }
  );
}

function toSnpRules(snp: AttestationRules["spec"]["snp"]): SnpRules {
  const floorOf = (product: "Milan" | "Genoa" | "Turin") =>
    snp.deniedProducts.includes(product)
      ? ("refuse" as const)
      : (snp.floors[product] ?? ("unbound" as const));
  return {
    debug: snp.debug === "Allow" ? "allow" : "refuse",
    migrationAgent: snp.migrationAgent === "Allow" ? "allow" : "refuse",
    vmpls: snp.vmpls ?? "unbound",
    floors: { Milan: floorOf("Milan"), Genoa: floorOf("Genoa"), Turin: floorOf("Turin") },
    deniedChips: snp.deniedChips,
    providers: snp.providers ?? "unbound",
    aliasCheck: snp.aliasCheck === "Required" ? "required" : "unbound",
    unknownPolicyBits: 0n,
  };
}

// A provider's key says nothing about the chip, so that a list of chips excludes it.
function checkAllowed(
  { endorser }: SnpFacts,
  allowed: readonly string[] | undefined,
): Refused | undefined {
  const { holder } = endorser.leaf;
  const isAllowed =
    allowed === undefined || (holder.kind === "vcek" && allowed.includes(toHex(holder.hwId)));
  return isAllowed ? undefined : refuse("policy-denied", "the chip is not an allowed one");
}
