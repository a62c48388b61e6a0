// SPDX-License-Identifier: Apache-2.0
/** Evaluation of a release policy against an attestation token's claims: pure, without exceptions, linear in the policy's size. */

import type { JsonValue } from "../json/canonical-json.ts";
import { type Claims, lookUpClaim } from "./look-up-claim.ts";
import { type ConditionContext, meetsCondition } from "./meets-condition.ts";
import { noReferenceValues, type ReferenceValues } from "./reference-values.ts";
import {
  type ClaimCondition,
  type GroupCondition,
  maxAuthorityLength,
  normaliseAuthority,
  type PolicyAuthority,
  type PolicyCondition,
  type ReleasePolicy,
} from "./release-policy.ts";

/** A condition, and whether it was met; of a claim also what was there. */
export type ConditionReason =
  | {
      readonly kind: "claim";
      readonly met: boolean;
      readonly condition: ClaimCondition;
      readonly found: JsonValue | undefined;
      /** Of `reference`: the authority's rules have no values of that name for the claim. */
      readonly unknownReference?: true;
    }
  | GroupReason;

/** A group, and which of its conditions were met. */
export interface GroupReason {
  readonly kind: GroupCondition["kind"];
  readonly met: boolean;
  readonly reasons: readonly ConditionReason[];
}

/** An authority of the policy. The conditions of one that did not issue the token are not looked at. */
export interface AuthorityReason {
  readonly kind: "authority";
  readonly authority: string;
  readonly met: boolean;
  readonly reason: GroupReason | undefined;
}

/** What a policy decided, and why. */
export interface PolicyDecision {
  readonly kind: "allowed" | "denied";
  readonly authorities: readonly AuthorityReason[];
}

/** A token that was verified: who made it, and what it says. */
export interface VouchedClaims {
  readonly issuer: string;
  readonly claims: Claims;
}

/**
 * Evaluates `policy`.
 *
 * @param at Instant that ages are of.
 * @param references Sets that conditions may name; of one that is not there, nothing is met.
 */
export function evaluatePolicy(
  policy: ReleasePolicy,
  { issuer, claims }: VouchedClaims,
  at: Date,
  references: ReferenceValues = noReferenceValues,
): PolicyDecision {
  const by = issuer.length > maxAuthorityLength ? undefined : normaliseAuthority(issuer);
  const authorities = policy.authorities.map((entry) =>
    judge(entry, by, claims, { at, references }),
  );
  const isMet = holds(policy.kind, authorities);
  return { kind: isMet ? "allowed" : "denied", authorities };
}

function judge(
  { authority, conditions }: PolicyAuthority,
  issuer: string | undefined,
  claims: Claims,
  context: ConditionContext,
): AuthorityReason {
  if (authority !== issuer) {
    return { kind: "authority", authority, met: false, reason: undefined };
  }
  const reason = judgeGroup(conditions, claims, context);
  return { kind: "authority", authority, met: reason.met, reason };
}

function judgeGroup(
  { kind, conditions }: GroupCondition,
  claims: Claims,
  context: ConditionContext,
): GroupReason {
  const reasons = conditions.map((condition) => judgeCondition(condition, claims, context));
  return { kind, met: holds(kind, reasons), reasons };
}

function judgeCondition(
  condition: PolicyCondition,
  claims: Claims,
  context: ConditionContext,
): ConditionReason {
  if (condition.kind !== "claim") {
    return judgeGroup(condition, claims, context);
  }
  const { claim, operator, value } = condition;
  const found = lookUpClaim(claims, claim);
  const met = meetsCondition(condition, found, context);
  const isUnknown = operator === "reference" && !context.references.get(String(value))?.has(claim);
  return { kind: "claim", met, condition, found, ...(isUnknown && { unknownReference: true }) };
}

function holds(
  kind: GroupCondition["kind"],
  members: readonly { readonly met: boolean }[],
): boolean {
  return kind === "allOf" ? members.every(({ met }) => met) : members.some(({ met }) => met);
}
