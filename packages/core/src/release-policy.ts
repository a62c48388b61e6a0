// SPDX-License-Identifier: Apache-2.0
/** Key Vault's release policy grammar, parsed: which authority must vouch for which claims. */

import { z } from "zod";

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
