// SPDX-License-Identifier: Apache-2.0
/** Which sets of reference values evidence meets, and what follows for its claims. */

import type { EvidenceKind, ReferenceSet } from "@strongroom/api";
import { refuse, type Verdict } from "@strongroom/attestation";
import { lookUpClaim } from "@strongroom/core";
import type { Claims } from "../evidence/evidence.ts";
import type { AttestationRules } from "./attestation-rules.ts";

/**
 * Adds `x-strongroom-references` and, of a set that an administrator marked so, `x-ms-compliance-status`: where Azure
 * Attestation has it, which for a machine with a virtual TPM is with the hardware's claims.
 *
 * @param claims What was measured, and nothing that a requester chose.
 */
export function withReferences(
  claims: Claims,
  kind: EvidenceKind,
  { spec }: AttestationRules,
): Verdict<Claims> {
  const met = spec.references.filter((set) => set.kind === kind && meets(claims, set));
  if (met.length === 0) {
    return spec.unreferenced === "Refuse"
      ? refuse("policy-denied", "the evidence meets no set of reference values")
      : { kind: "verified", claims };
  }
  const named = { ...claims, "x-strongroom-references": met.map(({ name }) => name) };
  const status = met.find(({ complianceStatus }) => complianceStatus)?.complianceStatus;
  return {
    kind: "verified",
    claims: status === undefined ? named : withStatus(named, status),
  };
}

function meets(claims: Claims, set: ReferenceSet): boolean {
  return set.claims.every(({ claim, values }) => {
    const value = lookUpClaim(claims, claim);
    const isScalar =
      typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isScalar && values.includes(String(value));
  });
}

function withStatus(claims: Claims, status: string): Claims {
  const member = { "x-ms-compliance-status": status };
  const inner = claims["x-ms-isolation-tee"];
  return typeof inner === "object" && inner !== null && !Array.isArray(inner)
    ? { ...claims, "x-ms-isolation-tee": { ...inner, ...member } }
    : { ...claims, ...member };
}
