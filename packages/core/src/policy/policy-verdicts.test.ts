// SPDX-License-Identifier: Apache-2.0
/** What an evaluation of a release policy answers: the tree, what was not met, and the claims that it stands on. */

import { describe, expect, it } from "@jest/globals";
import { evaluate, issuer, policy } from "../__fixtures__/policy-decisions.ts";
import { claimsMet, everyCondition, unmetConditions } from "./policy-claims.ts";

describe("a release policy, evaluated", () => {
  it("answers a tree of what was asked and found", () => {
    const either = { anyOf: [{ claim: "b.c", equals: 2 }] };
    const decision = evaluate([{ claim: "a", equals: 1 }, either], { a: 5, b: { c: 2 } });
    const a = { kind: "claim", claim: "a", operator: "equals", value: 1 };
    const c = { kind: "claim", claim: "b.c", operator: "equals", value: 2 };
    const inner = {
      kind: "anyOf",
      met: true,
      reasons: [{ kind: "claim", met: true, condition: c, found: 2 }],
    };
    const reasons = [{ kind: "claim", met: false, condition: a, found: 5 }, inner];
    const reason = { kind: "allOf", met: false, reasons };
    expect(decision).toEqual({
      kind: "denied",
      authorities: [{ kind: "authority", authority: issuer, met: false, reason }],
    });
  });

  it("says which conditions were not met, and nothing of an approval", () => {
    const asked = [
      { claim: "a", equals: 1 },
      { claim: "b", in: ["x", "y"] },
    ];
    expect(unmetConditions(evaluate(asked, { b: "z" }))).toEqual(["a equals 1", 'b in ["x","y"]']);
    expect(unmetConditions(evaluate(asked, { a: 1, b: "x" }))).toEqual([]);
    expect(unmetConditions(evaluate(asked, {}, "https://other.example"))).toEqual([
      "an authority that the policy names did not issue this token",
    ]);
  });

  it("stands on the claims of conditions that were met, and of none beside them", () => {
    const asked = [
      {
        anyOf: [
          { claim: "class", equals: "hardware" },
          { claim: "tier", equals: "tpm" },
        ],
      },
      { claim: "a", equals: 1 },
    ];
    const decision = evaluate(asked, { class: "software", tier: "tpm", a: 1 });
    expect(decision.kind).toBe("allowed");
    expect([...claimsMet(decision)].sort()).toEqual(["a", "tier"]);
  });

  it("names every claim that it asks for", () => {
    const named = everyCondition(
      policy({ anyOf: [{ claim: "a", equals: 1 }] }, { claim: "b", exists: true }),
    );
    expect(named.map(({ claim }) => claim)).toEqual(["a", "b"]);
  });
});
