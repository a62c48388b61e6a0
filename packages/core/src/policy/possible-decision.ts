// SPDX-License-Identifier: Apache-2.0
/** What a policy may decide where only some claims are known: every other condition is taken to be met. */

import type { JsonValue } from "../json/canonical-json.ts";
import { type ConditionContext, meetsCondition } from "./meets-condition.ts";
import type { PolicyCondition, ReleasePolicy } from "./release-policy.ts";

/** Claims that are known; one that is known to be absent has no value. */
export type KnownClaims = ReadonlyMap<string, JsonValue | undefined>;

/** Whether some token with these claims is allowed, and whether a condition on one of them may carry that. */
export interface PossibleDecision {
  readonly allowed: boolean;
  readonly named: boolean;
}

/** Looks at each condition once: no group turns what is met into what is not. */
export function possibleDecision(
  { kind, authorities }: ReleasePolicy,
  known: KnownClaims,
  context: ConditionContext,
): PossibleDecision {
  return join(
    kind,
    authorities.map(({ conditions }) => visit(conditions, known, context)),
  );
}

function visit(
  node: PolicyCondition,
  known: KnownClaims,
  context: ConditionContext,
): PossibleDecision {
  if (node.kind !== "claim") {
    return join(
      node.kind,
      node.conditions.map((inner) => visit(inner, known, context)),
    );
  }
  if (!known.has(node.claim)) {
    return { allowed: true, named: false };
  }
  const isMet = meetsCondition(node, known.get(node.claim), context);
  return { allowed: isMet, named: isMet };
}

function join(kind: "anyOf" | "allOf", inner: readonly PossibleDecision[]): PossibleDecision {
  const allowed =
    kind === "allOf" ? inner.every((one) => one.allowed) : inner.some((one) => one.allowed);
  return { allowed, named: allowed && inner.some((one) => one.named) };
}
