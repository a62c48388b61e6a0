// SPDX-License-Identifier: Apache-2.0
/** Which claims a policy asks for, which of them carried its decision, and which were missing. */

import type { ConditionReason, PolicyDecision } from "./evaluate-policy.ts";
import type { PolicyCondition, ReleasePolicy } from "./release-policy.ts";

/** Reasons that are kept of one denial. */
const maxReasons = 16;
/** Characters of what a policy compares with, in a reason. */
const maxQuoted = 128;

/** Every claim that some condition of the policy names. */
export function claimsNamed(policy: ReleasePolicy): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: PolicyCondition): void => {
    if (node.kind === "claim") {
      names.add(node.claim);
    } else {
      node.conditions.forEach(visit);
    }
  };
  for (const { conditions } of policy.authorities) {
    visit(conditions);
  }
  return names;
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
