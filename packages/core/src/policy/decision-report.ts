// SPDX-License-Identifier: Apache-2.0
/** A decision as JSON for people and programs: what was asked, what was met, and what was found, each value bounded. */

import type { JsonValue } from "../json/canonical-json.ts";
import type { ConditionReason, GroupReason, PolicyDecision } from "./evaluate-policy.ts";
import type { ClaimCondition, GroupCondition } from "./release-policy.ts";

/** Characters of a value, and members of a list, that are reported. */
const maxShown = 128;

/** A condition on one claim. */
export interface ClaimReport {
  readonly kind: "claim";
  readonly met: boolean;
  readonly claim: string;
  readonly operator: ClaimCondition["operator"];
  readonly value: ClaimCondition["value"];
  /** What the claim was, or in words what kind of thing; absent where it was not there. */
  readonly found?: JsonValue | undefined;
  readonly unknownReference?: true | undefined;
}

/** Some or all of a list. */
export interface GroupReport {
  readonly kind: GroupCondition["kind"];
  readonly met: boolean;
  readonly reasons: readonly ConditionReport[];
}

/** Either. */
export type ConditionReport = ClaimReport | GroupReport;

/** What was asked of one authority; nothing was looked at where it did not issue the token. */
export interface AuthorityReport {
  readonly authority: string;
  readonly met: boolean;
  readonly issued: boolean;
  readonly reason?: GroupReport | undefined;
}

/** What there is to say of a claim: its value where it has one, else what it is. Claims may be nested without end. */
export function presentable(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    return value.every((member) => typeof member !== "object") && value.length <= maxShown
      ? value.map(presentable)
      : `a list of ${value.length}`;
  }
  if (typeof value === "string") {
    return value.slice(0, maxShown);
  }
  return typeof value === "object" && value !== null ? "an object" : (value ?? "nothing");
}

/** The decision, its claims bounded. */
export function reportDecision({ authorities }: PolicyDecision): readonly AuthorityReport[] {
  return authorities.map(({ authority, met, reason }) => ({
    ...{ authority, met, issued: reason !== undefined },
    ...(reason === undefined ? {} : { reason: reportGroup(reason) }),
  }));
}

function reportGroup({ kind, met, reasons }: GroupReason): GroupReport {
  return { kind, met, reasons: reasons.map(reportCondition) };
}

function reportCondition(node: ConditionReason): ConditionReport {
  if (node.kind !== "claim") {
    return reportGroup(node);
  }
  const { claim, operator, value } = node.condition;
  return {
    ...{ kind: "claim", met: node.met, claim, operator, value },
    ...(node.found === undefined ? {} : { found: presentable(node.found) }),
    ...(node.unknownReference === undefined ? {} : { unknownReference: true }),
  };
}
