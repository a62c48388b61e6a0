// SPDX-License-Identifier: Apache-2.0
/** Verdicts on evidence as decisions of the vault, and the one caller that may bring evidence. */

import type { EvidenceKind } from "@strongroom/api";
import type { Refused, Verdict } from "@strongroom/attestation";
import { refuse } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { AuthorityDeps } from "./authority-deps.ts";
import type { AttestationRules } from "./rules/attestation-rules.ts";

/** The claims of accepted evidence. @throws {Refusal} `EvidenceRefused`, or `EndorsementsUnavailable`: later it may be. */
export function accept<Claims>(verdict: Verdict<Claims>): Claims {
  if (verdict.kind === "verified") {
    return verdict.claims;
  }
  throw toRefusal(verdict);
}

// The caller is told the class; the reason is for the audit log.
function toRefusal({ class: refusal, reason }: Refused): Refusal {
  const details = { class: refusal, reason };
  return refusal === "endorsements-unavailable"
    ? new Refusal("EndorsementsUnavailable", "the vendor's endorsements are not at hand", details)
    : new Refusal("EvidenceRefused", `the evidence was refused: ${refusal}`, details);
}

/** The rules in force, if they take evidence of this kind. @throws {Refusal} `EvidenceRefused` */
export function rulesFor({ rules }: AuthorityDeps, kind: EvidenceKind): AttestationRules {
  const current = rules.current();
  if (!current.spec.kinds.includes(kind)) {
    throw toRefusal({ kind: "refused", class: "policy-denied", reason: `${kind} is not taken` });
  }
  return current;
}

/** The node plugin's pod, bound to its node by its token. @throws {Refusal} `Forbidden` for any other caller. */
export async function requireNode(
  ledger: Ledger,
  context: RequestContext,
  operationName: string,
): Promise<BoundPod> {
  const { bound, installationRoles } = context.caller;
  if (bound !== undefined && installationRoles.includes("node")) {
    return bound;
  }
  const message = "only a node plugin may do this, with a token bound to its pod and node";
  return await refuse(ledger, { context, operationName }, new Refusal("Forbidden", message));
}
