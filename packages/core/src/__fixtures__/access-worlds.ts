// SPDX-License-Identifier: Apache-2.0
/** Generators of assignments with a request that meet each other often, and miss each other by one thing. */

import fc from "fast-check";
import type { ModelAssignment, ModelRequest } from "./access-model.ts";
import { addresses, assignment, request } from "./access-parts.ts";

/** Which parts of a request are made to fit an assignment. */
const fit = fc.record({
  index: fc.nat({ max: 100 }),
  principal: likely(),
  action: likely(),
  via: likely(),
  object: likely(),
  circumstances: likely(),
  filler: fc.constantFrom("", "a", "B-"),
  /** Whether letters that stand twice stand once, so that a pattern's parts would overlap. */
  isCollapsed: fc.boolean(),
  /** Whether the source is the first address of a range. */
  isFirst: fc.boolean(),
  source: fc.constantFrom(...addresses),
});

/** Assignments, and a request that mostly fits one of them. */
export const world: fc.Arbitrary<readonly [readonly ModelAssignment[], ModelRequest]> = fc
  .tuple(fc.array(assignment, { minLength: 1, maxLength: 6 }), request, fit)
  .map(([assignments, asked, how]) => {
    const one = assignments[how.index % assignments.length];
    return [assignments, one === undefined ? asked : near(one, asked, how)];
  });

/** What alice holds, and a grant that is mostly a part of it, and a request that mostly fits the grant. */
export const granting: fc.Arbitrary<
  readonly [readonly ModelAssignment[], ModelAssignment, ModelRequest]
> = fc
  .tuple(
    fc.array(assignment, { minLength: 1, maxLength: 3 }),
    assignment,
    fc.record({ actions: likely(), scope: likely(), via: likely(), conditions: fc.boolean() }),
    request,
    fit,
  )
  .map(([held, drawn, same, asked, how]) => {
    const one = held[0] ?? drawn;
    const grant = {
      actions: same.actions ? one.actions.slice(0, 3) : drawn.actions,
      scope: same.scope ? one.scope : drawn.scope,
      via: same.via ? one.via : drawn.via,
      conditions: same.conditions ? one.conditions : drawn.conditions,
      principals: drawn.principals,
    };
    return [held, grant, near(grant, asked, how)];
  });

function likely(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 11 }).map((draw) => draw > 0);
}

type Fit = typeof fit extends fc.Arbitrary<infer T> ? T : never;

function near(one: ModelAssignment, asked: ModelRequest, how: Fit): ModelRequest {
  const action = how.action ? actionIn(one, how) : asked.action;
  const principal = how.principal ? pick(one.principals, how) : asked.principal;
  const { issuer, subject, accountUid } = principal ?? asked.principal;
  const fitting: ModelRequest = {
    // Who calls is known.
    principal: { issuer, subject, accountUid: accountUid ?? undefined },
    action: action ?? asked.action,
    via: how.via ? one.via : asked.via,
    circumstances: how.circumstances ? circumstancesIn(one, how) : asked.circumstances,
  };
  const object = how.object ? objectIn(one.scope, fitting.action, how) : asked.object;
  return object === undefined ? fitting : { ...fitting, object };
}

function pick<T>(from: readonly T[], { index }: Fit): T | undefined {
  return from[index % from.length];
}

// Of the scope's kind, if there is one.
function actionIn({ actions: own, scope: within }: ModelAssignment, how: Fit): string | undefined {
  const of = /[a-z]{4,}/.exec(within)?.[0] ?? "";
  const fitting = own.filter((action) => action.includes(`/${of}`));
  return pick(fitting.length === 0 ? own : fitting, how);
}

function circumstancesIn({ conditions: own = {} }: ModelAssignment, how: Fit) {
  const { notBefore, notAfter, sourceRanges = [] } = own;
  const at = notBefore ?? (notAfter === undefined ? 100 : notAfter - 1);
  const source = how.isFirst ? pick(sourceRanges, how)?.split("/")[0] : how.source;
  return { at: new Date(at * 1_000), source };
}

function objectIn(within: string, action: string, how: Fit): string | undefined {
  const of = /vaults\/(secrets|keys|certificates)\//.exec(action)?.[1];
  const over = /^(?:secrets|keys|certificates)\/(.+)$/.exec(within)?.[1] ?? "*";
  const filled = over.replaceAll("*", how.filler);
  const made = how.isCollapsed ? filled.replaceAll(/(.)\1/g, "$1") : filled;
  return of === undefined || made === "" ? undefined : `${of}/${made}`;
}
