// SPDX-License-Identifier: Apache-2.0
/**
 * Evaluation of a release policy against an attestation token's claims.
 *
 * Absent means deny: a claim that is missing, is an object or an array, or is of a kind that the operator does not
 * compare, does not meet its condition.
 */

import type { JsonValue } from "./canonical-json.ts";
import {
  normaliseAuthority,
  type PolicyCondition,
  type PolicyOperator,
  type PolicyScalar,
  type ReleasePolicy,
} from "./release-policy.ts";

/** What a policy decided, with the claim that refused it for the audit log (never for the caller). */
export type PolicyDecision =
  | { readonly kind: "allowed"; readonly authority: string }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

/** Evaluates `policy` against the claims of a token that was verified to come from `issuer`. */
export function evaluatePolicy(
  policy: ReleasePolicy,
  issuer: string,
  claims: { readonly [name: string]: JsonValue | undefined },
): PolicyDecision {
  const mine = policy.authorities.filter((entry) => entry.authority === normaliseAuthority(issuer));
  if (mine.length === 0) {
    return { kind: "denied", reasons: ["the policy names no authority that issued this token"] };
  }
  const reasons: string[] = [];
  for (const entry of mine) {
    const failed = unmet(entry.conditions, claims);
    if (failed.length === 0) {
      return { kind: "allowed", authority: entry.authority };
    }
    reasons.push(...failed);
  }
  return { kind: "denied", reasons: reasons.slice(0, 16) };
}

/** Every claim that some condition of the policy names: what an unusual environment must be admitted by. */
export function claimsNamed(policy: ReleasePolicy): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: PolicyCondition): void => {
    if (node.kind === "claim") {
      names.add(node.claim);
    } else {
      node.conditions.forEach(visit);
    }
  };
  for (const entry of policy.authorities) {
    visit(entry.conditions);
  }
  return names;
}

function unmet(
  node: PolicyCondition,
  claims: { readonly [name: string]: JsonValue | undefined },
): readonly string[] {
  if (node.kind === "claim") {
    const met = meets(node.operator, lookUp(claims, node.claim), node.value);
    return met ? [] : [`${node.claim} ${node.operator} ${JSON.stringify(node.value)}`];
  }
  const results = node.conditions.map((inner) => unmet(inner, claims));
  const enough =
    node.kind === "allOf"
      ? results.every((reasons) => reasons.length === 0)
      : results.some((reasons) => reasons.length === 0);
  return enough ? [] : results.flat();
}

/** Dots step into objects; a claim whose own name has dots is found by its longest matching prefix. */
function lookUp(
  claims: { readonly [name: string]: JsonValue | undefined },
  path: string,
): JsonValue | undefined {
  if (Object.hasOwn(claims, path)) {
    return claims[path];
  }
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const head = path.slice(0, dot);
    const inner = Object.hasOwn(claims, head) ? claims[head] : undefined;
    if (isObject(inner)) {
      return lookUp(inner, path.slice(dot + 1));
    }
  }
  return undefined;
}

function isObject(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function meets(
  operator: PolicyOperator,
  claim: JsonValue | undefined,
  value: PolicyScalar,
): boolean {
  const isScalar =
    typeof claim === "string" || typeof claim === "number" || typeof claim === "boolean";
  if (operator === "exists") {
    return (claim !== undefined && claim !== null) === (String(value) === "true");
  }
  if (!isScalar) {
    return false;
  }
  switch (operator) {
    case "equals":
      return sameScalar(claim, value);
    case "notEquals":
      return !sameScalar(claim, value);
    case "less":
      return compare(claim, value, (a, b) => a < b);
    case "lessOrEquals":
      return compare(claim, value, (a, b) => a <= b);
    case "greater":
      return compare(claim, value, (a, b) => a > b);
    case "greaterOrEquals":
      return compare(claim, value, (a, b) => a >= b);
    default:
      return false;
  }
}

// Policies in the wild write booleans and numbers as strings ("equals": "false", "0"), and Azure accepts them.
function sameScalar(claim: PolicyScalar, value: PolicyScalar): boolean {
  return String(claim) === String(value);
}

function compare(
  claim: PolicyScalar,
  value: PolicyScalar,
  holds: (a: number, b: number) => boolean,
): boolean {
  const [a, b] = [toNumber(claim), toNumber(value)];
  return a !== undefined && b !== undefined && holds(a, b);
}

function toNumber(value: PolicyScalar): number | undefined {
  if (typeof value === "number") {
    return value;
  }
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
