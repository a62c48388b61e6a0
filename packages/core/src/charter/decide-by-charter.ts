// SPDX-License-Identifier: Apache-2.0
/**
 * What a charter says about one environment. It is compared with nothing: the vault's resources decide by themselves
 * beside it, and both must allow.
 */

import {
  evaluatePolicy,
  type PolicyDecision,
  type VouchedClaims,
} from "../policy/evaluate-policy.ts";
import { claimsMet, unmetConditions } from "../policy/policy-claims.ts";
import {
  type ClaimCondition,
  extendedPolicyVersion,
  normaliseAuthority,
  type PolicyScalar,
  type ReleasePolicy,
} from "../policy/release-policy.ts";
import { unusualClaims } from "../policy/unusual-environment.ts";

/** Whose word about which machines counts: an issuer, and what its tokens must say. */
export interface CharterAuthority {
  readonly name: string;
  readonly issuer: string;
  /** SHA-256 fingerprints of the vendors' roots, hexadecimal: an evidence must end in one of these. */
  readonly roots: readonly string[];
  readonly classes: readonly string[];
  readonly tiers?: readonly string[] | undefined;
  readonly enrolments?: readonly string[] | undefined;
  /** Least value of a claim. */
  readonly floors: Readonly<Record<string, number>>;
  /** Values of a claim that are good. */
  readonly references: Readonly<Record<string, readonly PolicyScalar[]>>;
}

/** A policy of the charter that selects the object. */
export interface CharterPolicy {
  readonly name: string;
  /** Names of the authorities that are good enough for it; any of the charter's where it names none. */
  readonly authorities?: readonly string[] | undefined;
  readonly policy: ReleasePolicy;
}

/** What is asked. */
export interface CharterQuestion {
  readonly authorities: readonly CharterAuthority[];
  /** Those that select the object. */
  readonly policies: readonly CharterPolicy[];
  readonly vouched: VouchedClaims;
  readonly at: Date;
}

/** The answer; a denial is one. */
export type CharterDecision =
  | { readonly kind: "allowed" }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

interface MetAuthority {
  readonly name: string;
  readonly claims: ReadonlySet<string>;
}

/** Decides: one authority at least, every policy, and nothing unusual that no condition has named. */
export function decideByCharter(question: CharterQuestion): CharterDecision {
  const decisions = question.authorities.map((authority) => ({
    authority,
    decision: evaluatePolicy(toPolicy(authority), question.vouched, question.at),
  }));
  const met = decisions
    .filter(({ decision }) => decision.kind === "allowed")
    .map(({ authority, decision }) => ({ name: authority.name, claims: claimsMet(decision) }));
  if (met.length === 0) {
    const reasons = decisions.flatMap(({ authority, decision }) =>
      unmetConditions(decision).map((reason) => `charter's authority ${authority.name}: ${reason}`),
    );
    return { kind: "denied", reasons };
  }
  const admitting = question.policies.length === 0 ? [undefined] : question.policies;
  const reasons = admitting.flatMap((policy) => refusalsOf(policy, met, question));
  return reasons.length === 0 ? { kind: "allowed" } : { kind: "denied", reasons };
}

function refusalsOf(
  policy: CharterPolicy | undefined,
  met: readonly MetAuthority[],
  { vouched, at }: CharterQuestion,
): readonly string[] {
  const name = policy === undefined ? "charter" : `charter's policy ${policy.name}`;
  const good = met.filter((one) => policy?.authorities?.includes(one.name) ?? true);
  if (good.length === 0) {
    return [`${name}: none of its authorities vouches for this environment`];
  }
  const decision: PolicyDecision | undefined =
    policy === undefined ? undefined : evaluatePolicy(policy.policy, vouched, at);
  if (decision?.kind === "denied") {
    return unmetConditions(decision).map((reason) => `${name}: ${reason}`);
  }
  const named = decision === undefined ? new Set<string>() : claimsMet(decision);
  const isAdmitted = (claim: string) =>
    named.has(claim) || good.some(({ claims }) => claims.has(claim));
  return unusualClaims(vouched.claims)
    .filter((claim) => !isAdmitted(claim))
    .map((claim) => `${name}: no condition on ${claim} admits it`);
}

// An authority is a policy of one issuer: the same grammar, and the same code that evaluates it.
function toPolicy(authority: CharterAuthority): ReleasePolicy {
  const { issuer, roots, classes, tiers, enrolments, floors, references } = authority;
  const listed: readonly (readonly [string, readonly PolicyScalar[] | undefined])[] = [
    ["x-strongroom-root", roots],
    ["x-strongroom-class", classes],
    ["x-strongroom-tier", tiers],
    ["x-strongroom-enrolment", enrolments],
    ...Object.entries(references),
  ];
  const conditions: readonly ClaimCondition[] = [
    ...listed.flatMap(([claim, value]) =>
      value === undefined ? [] : ({ kind: "claim", claim, operator: "in", value } as const),
    ),
    ...Object.entries(floors).map(
      ([claim, value]) => ({ kind: "claim", claim, operator: "greaterOrEquals", value }) as const,
    ),
  ];
  return {
    version: extendedPolicyVersion,
    kind: "anyOf",
    authorities: [
      { authority: normaliseAuthority(issuer), conditions: { kind: "allOf", conditions } },
    ],
  };
}
