// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a claim meets a condition.
 *
 * Absent means not met, and so does a claim of a kind that the operator does not compare: an object, a list, or a number
 * that JSON readers do not read alike (RFC 8259 section 6). Policies in use write truth values and numbers as text
 * (`"equals": "false"`, `"0"`), and Azure takes them.
 */

import type { JsonValue } from "../json/canonical-json.ts";
import type { ReferenceValues } from "./reference-values.ts";
import type { ClaimCondition, PolicyScalar } from "./release-policy.ts";

/** What a condition is looked at with, beside the claim. */
export interface ConditionContext {
  /** Instant that ages are of. */
  readonly at: Date;
  readonly references: ReferenceValues;
}

/** Members of a claim that is a list which are looked at: a longer one does not meet `contains`. */
const maxMembers = 1_000;
/** Seconds by which an issuer's clock may be ahead. */
const clockSkewSeconds = 60;

/** Decides one condition. */
export function meetsCondition(
  { claim: name, operator, value }: ClaimCondition,
  claim: JsonValue | undefined,
  { at, references }: ConditionContext,
): boolean {
  if (operator === "exists") {
    return (claim !== undefined && claim !== null) === (String(value) === "true");
  }
  if (operator === "contains") {
    return (
      Array.isArray(claim) &&
      claim.length <= maxMembers &&
      claim.some((member) => isScalar(member) && isSame(member, value as PolicyScalar))
    );
  }
  if (!isScalar(claim)) {
    return false;
  }
  switch (operator) {
    case "equals":
      return isSame(claim, value as PolicyScalar);
    case "notEquals":
      return isScalar(value as PolicyScalar) && !isSame(claim, value as PolicyScalar);
    case "in":
      return (value as readonly PolicyScalar[]).some((one) => isSame(claim, one));
    case "startsWith":
      return typeof claim === "string" && claim.startsWith(value as string);
    case "maxAgeSeconds":
      return isRecent(claim, value as number, at);
    case "reference":
      return (
        references
          .get(value as string)
          ?.get(name)
          ?.has(String(claim)) ?? false
      );
    default:
      return isInOrder(operator, numberOf(claim), numberOf(value as PolicyScalar));
  }
}

function isScalar(claim: JsonValue | undefined): claim is PolicyScalar {
  return (
    typeof claim === "string" ||
    typeof claim === "boolean" ||
    (typeof claim === "number" && Math.abs(claim) <= Number.MAX_SAFE_INTEGER)
  );
}

function isSame(claim: PolicyScalar, value: PolicyScalar): boolean {
  if (typeof claim === typeof value) {
    return claim === value;
  }
  if (typeof claim === "number" || typeof value === "number") {
    const number = numberOf(claim);
    return number !== undefined && number === numberOf(value);
  }
  return String(claim) === String(value);
}

function isInOrder(
  operator: "less" | "lessOrEquals" | "greater" | "greaterOrEquals",
  a: number | undefined,
  b: number | undefined,
): boolean {
  if (a === undefined || b === undefined) {
    return false;
  }
  switch (operator) {
    case "less":
      return a < b;
    case "lessOrEquals":
      return a <= b;
    case "greater":
      return a > b;
    case "greaterOrEquals":
      return a >= b;
  }
}

function isRecent(claim: PolicyScalar, maxAgeSeconds: number, at: Date): boolean {
  const age = typeof claim === "number" ? at.getTime() / 1000 - claim : undefined;
  return age !== undefined && age >= -clockSkewSeconds && age <= maxAgeSeconds;
}

const decimal = /^-?\d{1,16}(\.\d{1,16})?$/;

function numberOf(value: PolicyScalar): number | undefined {
  const isDecimal = typeof value === "string" && decimal.test(value);
  const number = typeof value === "number" ? value : isDecimal ? Number(value) : undefined;
  return number !== undefined && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}
