// SPDX-License-Identifier: Apache-2.0
/** Which conditions a policy has, which claims of them carried its decision, and which were missing. */

import type { ConditionReason, PolicyDecision } from "./evaluate-policy.ts";
import type { ClaimCondition, PolicyCondition, ReleasePolicy } from "./release-policy.ts";

/** Reasons that are kept of one denial. */
const maxReasons = 16;
/** Characters of what a policy compares with, in a reason. */
const maxQuoted = 128;

/** Every condition on a claim, in the order of the policy. */
export function everyCondition(policy: ReleasePolicy): readonly ClaimCondition[] {
  const visit = (node: PolicyCondition): readonly ClaimCondition[] =>
    node.kind === "claim" ? [node] : node.conditions.flatMap(visit);
  return policy.authorities.flatMap(({ conditions }) => visit(conditions));
}

/** Claims on which an approval stands: those of conditions that were met, in authorities and groups that were. */
export function claimsMet({ authorities }: PolicyDecision): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ConditionReason): void => {
    if (!node.met) {
      return;
    }
    if (node.kind === "claim") {
      names.add(node.condition.claim);
    } else {
      node.reasons.forEach(visit);
    }
  };
  for (const { reason } of authorities) {
    if (reason !== undefined) {
      visit(reason);
    }
  }
  return names;
}

/** Conditions that were not met, as text for the audit log; the claims themselves are not in it. */
export function unmetConditions({ kind, authorities }: PolicyDecision): readonly string[] {
  if (kind === "allowed") {
    return [];
  }
  const unmet: string[] = [];
  const visit = (node: ConditionReason): void => {
    if (node.met || unmet.length === maxReasons) {
      return;
    }
    if (node.kind === "claim") {
      const { claim, operator, value } = node.condition;
      const why = node.unknownReference ? ", of which the authority has no values for it" : "";
      unmet.push(`${claim} ${operator} ${JSON.stringify(value).slice(0, maxQuoted)}${why}`);
    } else {
      node.reasons.forEach(visit);
    }
  };
  for (const { reason } of authorities) {
    if (reason !== undefined) {
      visit(reason);
    }
  }
  return unmet.length > 0 ? unmet : ["an authority that the policy names did not issue this token"];
}
