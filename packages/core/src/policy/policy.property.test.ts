// SPDX-License-Identifier: Apache-2.0
/** Policies and claims at random: against a model of the grammar, and without ever an exception. */

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { evaluatePolicy } from "./evaluate-policy.ts";
import { releasePolicySchema } from "./parse-release-policy.ts";
import { claimsMet, unmetConditions } from "./policy-claims.ts";
import { extendedPolicyVersion } from "./release-policy.ts";
import { unusualClaims } from "./unusual-environment.ts";

const issuer = "https://attest.example";
const at = new Date("2026-06-01T00:00:00Z");
const names = ["a", "b", "c.d"] as const;
const words = ["x", "true", "1", "2", ""] as const;

const scalar = fc.oneof(fc.boolean(), fc.integer({ min: -2, max: 3 }), fc.constantFrom(...words));
const name = fc.constantFrom(...names);
const ordering = fc.constantFrom("less", "lessOrEquals", "greater", "greaterOrEquals");
const claim = fc.oneof(
  fc.record({ claim: name, equals: scalar }),
  fc.record({ claim: name, notEquals: scalar }),
  fc.record({ claim: name, exists: fc.boolean() }),
  fc.record({ claim: name, in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc
    .tuple(name, ordering, fc.integer({ min: -2, max: 3 }))
    .map(([of, operator, value]) => ({ claim: of, [operator]: value })),
);
const { group } = fc.letrec<{ condition: object; group: object }>((tie) => ({
  condition: fc.oneof({ maxDepth: 4, depthSize: "small" }, claim, tie("group")),
  group: fc
    .tuple(
      fc.constantFrom("anyOf", "allOf"),
      fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
    )
    .map(([kind, list]) => ({ [kind]: list })),
}));
const policies = fc
  .array(fc.tuple(fc.constantFrom(issuer, `${issuer}/`, "https://other.example"), group), {
    minLength: 1,
    maxLength: 3,
  })
  .map((list) => list.map(([authority, conditions]) => ({ authority, ...conditions })));
const claims = fc
  .record({ a: scalar, b: scalar, d: scalar }, { requiredKeys: [] })
  .map(({ d, ...top }) => ({ ...top, ...(d === undefined ? {} : { c: { d } }) }));

const decisionOf = (authorities: readonly object[], values: object) =>
  evaluatePolicy(
    releasePolicySchema.parse({ version: extendedPolicyVersion, anyOf: authorities }),
    { issuer, claims: values as never },
    at,
  );

type Raw = Readonly<Record<string, unknown>>;

/** The grammar once more, read off its text: three values, so that a missing claim meets nothing but its absence. */
function modelMeets(raw: Raw, values: Raw): boolean {
  if (Array.isArray(raw["anyOf"])) {
    return raw["anyOf"].some((inner) => modelMeets(inner as Raw, values));
  }
  if (Array.isArray(raw["allOf"])) {
    return !raw["allOf"].some((inner) => !modelMeets(inner as Raw, values));
  }
  const path = String(raw["claim"]).split(".");
  const found = path.reduce<unknown>((inner, step) => (inner as Raw | undefined)?.[step], values);
  const [operator = "", wanted] = Object.entries(raw).find(([key]) => key !== "claim") ?? [];
  if (operator === "exists") {
    return (found === undefined) !== wanted;
  }
  if (found === undefined) {
    return false;
  }
  const same = (one: unknown) =>
    JSON.stringify(found) === JSON.stringify(one) ||
    (typeof found !== typeof one && String(found) === String(one));
  const number = typeof found === "boolean" || found === "" ? Number.NaN : Number(found);
  const by: Readonly<Record<string, () => boolean>> = {
    equals: () => same(wanted),
    notEquals: () => !same(wanted),
    in: () => (wanted as unknown[]).filter(same).length > 0,
    less: () => number < Number(wanted),
    lessOrEquals: () => number <= Number(wanted),
    greater: () => number > Number(wanted),
    greaterOrEquals: () => number >= Number(wanted),
  };
  return by[operator]?.() ?? false;
}

describe("any policy", () => {
  it("decides as the model of its grammar", () => {
    let allowed = 0;
    fc.assert(
      fc.property(policies, claims, (authorities, values) => {
        const expected = authorities
          .filter(({ authority }) => authority.startsWith(issuer))
          .some((entry) => modelMeets(entry, values as Raw));
        allowed += expected ? 1 : 0;
        const decision = decisionOf(authorities, values);
        expect(decision.kind === "allowed").toBe(expected);
        expect(unmetConditions(decision).length > 0).toBe(!expected);
      }),
      { numRuns: 2_000 },
    );
    expect(allowed).toBeGreaterThan(200);
  });

  it("allows no more when a claim is taken away, unless it asks that it be absent", () => {
    const asksForAbsence = (authorities: unknown) =>
      JSON.stringify(authorities).includes('"exists":false');
    fc.assert(
      fc.property(policies, claims, fc.constantFrom("a", "b", "c"), (authorities, all, gone) => {
        fc.pre(!asksForAbsence(authorities));
        const { [gone]: _taken, ...fewer } = all as Raw;
        const before = decisionOf(authorities, all).kind;
        expect(decisionOf(authorities, fewer).kind === "allowed" && before === "denied").toBe(
          false,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers whatever the claims are", () => {
    const key = fc.oneof(
      name,
      fc.constantFrom("c", "__proto__", "constructor", "toString", "x-ms-isolation-tee"),
      fc.constantFrom("dbgstat", "x-strongroom-class", "x-ms-sgx-is-debuggable"),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.constant(null),
        fc.double(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(policies, fc.dictionary(key, value), fc.string(), (authorities, values, from) => {
        const hostile = JSON.parse(JSON.stringify(values));
        const policy = releasePolicySchema.parse({
          version: extendedPolicyVersion,
          anyOf: authorities,
        });
        for (const by of [issuer, from]) {
          const decision = evaluatePolicy(policy, { issuer: by, claims: hostile }, at);
          claimsMet(decision);
          unmetConditions(decision);
        }
        unusualClaims(hostile);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is read or refused, whatever its text is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (text) => {
        releasePolicySchema.safeParse(text);
        releasePolicySchema.safeParse({ anyOf: [text] });
        releasePolicySchema.safeParse({ anyOf: [{ authority: issuer, allOf: [text] }] });
      }),
    );
  });
});
