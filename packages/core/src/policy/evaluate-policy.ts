// SPDX-License-Identifier: Apache-2.0
/** Evaluation of a release policy against an attestation token's claims: pure, without exceptions, linear in the policy's size. */

import type { JsonValue } from "../canonical-json.ts";
import { type Claims, lookUpClaim } from "./look-up-claim.ts";
import { meetsCondition } from "./meets-condition.ts";
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

/** Evaluates `policy` at an instant, for what asks about ages. */
export function evaluatePolicy(
  policy: ReleasePolicy,
  { issuer, claims }: VouchedClaims,
  at: Date,
): PolicyDecision {
  const by = issuer.length > maxAuthorityLength ? undefined : normaliseAuthority(issuer);
  const authorities = policy.authorities.map((entry) => judge(entry, by, claims, at));
  const isMet = holds(policy.kind, authorities);
  return { kind: isMet ? "allowed" : "denied", authorities };
}

function judge(
  { authority, conditions }: PolicyAuthority,
  issuer: string | undefined,
  claims: Claims,
  at: Date,
): AuthorityReason {
  if (authority !== issuer) {
    return { kind: "authority", authority, met: false, reason: undefined };
  }
  const reason = judgeGroup(conditions, claims, at);
  return { kind: "authority", authority, met: reason.met, reason };
}

function judgeGroup({ kind, conditions }: GroupCondition, claims: Claims, at: Date): GroupReason {
  const reasons = conditions.map((condition) => judgeCondition(condition, claims, at));
  return { kind, met: holds(kind, reasons), reasons };
}

function judgeCondition(condition: PolicyCondition, claims: Claims, at: Date): ConditionReason {
  if (condition.kind !== "claim") {
    return judgeGroup(condition, claims, at);
  }
  const found = lookUpClaim(claims, condition.claim);
  return { kind: "claim", met: meetsCondition(condition, found, at), condition, found };
}

function holds(
  kind: GroupCondition["kind"],
  members: readonly { readonly met: boolean }[],
): boolean {
  return kind === "allOf" ? members.every(({ met }) => met) : members.some(({ met }) => met);
}
