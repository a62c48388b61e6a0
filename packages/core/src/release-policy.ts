// SPDX-License-Identifier: Apache-2.0
/**
 * Key Vault's release policy grammar: its schema, and its evaluation against an attestation token's claims.
 *
 * Absent means deny: a claim that is missing, is an object or an array, or is of a kind that the operator does not
 * compare, does not meet its condition.
 */

import { z } from "zod";
import type { JsonValue } from "./canonical-json.ts";

/** Deepest nesting of anyOf and allOf, so that a hostile policy cannot exhaust the stack. */
const maxDepth = 8;
/** Most conditions in one list. Azure's own policies list some thirty authorities. */
const maxConditions = 100;

const scalar = z.union([z.string().max(4096), z.number(), z.boolean()]);
const operators = [
  "equals",
  "notEquals",
  "less",
  "lessOrEquals",
  "greater",
  "greaterOrEquals",
  "exists",
] as const;

/** The operators of the grammar. */
export type PolicyOperator = (typeof operators)[number];

/** What an operator compares with. */
export type PolicyScalar = z.infer<typeof scalar>;

/** One condition on one claim. */
export interface ClaimCondition {
  readonly kind: "claim";
  readonly claim: string;
  readonly operator: PolicyOperator;
  readonly value: PolicyScalar;
}

/** Some or all of a list. */
export interface GroupCondition {
  readonly kind: "anyOf" | "allOf";
  readonly conditions: readonly PolicyCondition[];
}

/** A condition of the grammar. */
export type PolicyCondition = ClaimCondition | GroupCondition;

/** Conditions on the claims that one authority vouches for. */
export interface PolicyAuthority {
  readonly authority: string;
  readonly conditions: GroupCondition;
}

/** A parsed policy: any of the authorities. */
export interface ReleasePolicy {
  readonly version: string;
  readonly authorities: readonly PolicyAuthority[];
}

/** What a policy decided, with the claim that refused it for the audit log (never for the caller). */
export type PolicyDecision =
  | { readonly kind: "allowed"; readonly authority: string }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

const claimCondition = z
  .object({ claim: z.string().min(1).max(256) })
  .catchall(scalar)
  .transform((raw, context): ClaimCondition => {
    const rest = Object.entries(raw).filter(([key]) => key !== "claim");
    const [entry] = rest;
    const operator = operators.find((name) => name === entry?.[0]);
    if (rest.length !== 1 || entry === undefined || operator === undefined) {
      context.addIssue({
        code: "custom",
        message: `a claim needs exactly one of ${operators.join(", ")}`,
      });
      return z.NEVER;
    }
    return { kind: "claim", claim: raw.claim, operator, value: entry[1] as PolicyScalar };
  });

function condition(depth: number): z.ZodType<PolicyCondition> {
  if (depth === 0) {
    return claimCondition;
  }
  return z.lazy(() => z.union([claimCondition, group(depth - 1)]));
}

function group(depth: number): z.ZodType<GroupCondition> {
  const list = z.array(condition(depth)).min(1).max(maxConditions);
  return z.union([
    z
      .strictObject({ anyOf: list })
      .transform((raw) => ({ kind: "anyOf" as const, conditions: raw.anyOf })),
    z
      .strictObject({ allOf: list })
      .transform((raw) => ({ kind: "allOf" as const, conditions: raw.allOf })),
  ]);
}

const authority = z
  .looseObject({ authority: z.string().min(1).max(1024) })
  .transform((raw, context): PolicyAuthority => {
    const { authority: name, ...rest } = raw;
    const parsed = group(maxDepth).safeParse(rest);
    if (!parsed.success) {
      context.addIssue({
        code: "custom",
        message: "an authority needs exactly one of anyOf, allOf with at least one condition each",
      });
      return z.NEVER;
    }
    return { authority: normaliseAuthority(name), conditions: parsed.data };
  });

/** Schema of the grammar; policies in the wild leave `version` out or say 0.2. */
export const releasePolicySchema: z.ZodType<ReleasePolicy> = z
  .strictObject({
    version: z.string().max(16).optional(),
    anyOf: z.array(authority).min(1).max(maxConditions),
  })
  .transform((raw) => ({ version: raw.version ?? "1.0.0", authorities: raw.anyOf }));

/** Two spellings of one issuer are one authority: host in lower case, no slash at the end. */
export function normaliseAuthority(text: string): string {
  const trimmed = text.replace(/\/+$/, "");
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  return url === undefined
    ? trimmed
    : `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

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
