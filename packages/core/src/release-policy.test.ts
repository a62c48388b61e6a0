// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { claimsNamed, evaluatePolicy } from "./evaluate-policy.ts";
import { releasePolicySchema } from "./release-policy.ts";

const issuer = "https://attest.example";

const policy = (...conditions: readonly object[]) =>
  releasePolicySchema.parse({
    version: "1.0.0",
    anyOf: [{ authority: issuer, allOf: conditions }],
  });

const decide = (conditions: readonly object[], claims: Record<string, never> | object) =>
  evaluatePolicy(policy(...conditions), issuer, claims as never).kind;

describe("a release policy", () => {
  it.each([
    ["equals", { equals: "tpm" }, "tpm", "allowed"],
    ["equals another", { equals: "tpm" }, "tdx", "denied"],
    ["equals a boolean written as string", { equals: "false" }, false, "allowed"],
    ["equals a number written as string", { equals: "0" }, 0, "allowed"],
    ["equals true against the word", { equals: true }, "true", "allowed"],
    ["notEquals", { notEquals: 1 }, 2, "allowed"],
    ["notEquals the same", { notEquals: 1 }, "1", "denied"],
    ["greater", { greater: 1 }, 2, "allowed"],
    ["greater at the bound", { greater: 2 }, 2, "denied"],
    ["greaterOrEquals at the bound", { greaterOrEquals: 2 }, 2, "allowed"],
    ["less", { less: 3 }, "2", "allowed"],
    ["lessOrEquals above", { lessOrEquals: 3 }, 4, "denied"],
    ["an order of words", { greater: "a" }, "b", "denied"],
    ["exists", { exists: true }, "x", "allowed"],
    ["exists not", { exists: false }, "x", "denied"],
    ["equals against an object", { equals: "[object Object]" }, {}, "denied"],
    ["notEquals against an array", { notEquals: "x" }, ["y"], "denied"],
    ["equals null", { equals: "null" }, null, "denied"],
  ])("decides %s", (_name, condition, value, expected) => {
    expect(decide([{ claim: "c", ...condition }], { c: value })).toBe(expected);
  });

  it("denies a claim that is missing, whatever the operator", () => {
    for (const condition of [
      { equals: "undefined" },
      { notEquals: "x" },
      { less: 1 },
      { exists: true },
    ]) {
      expect(decide([{ claim: "c", ...condition }], {})).toBe("denied");
    }
    expect(decide([{ claim: "c", exists: false }], {})).toBe("allowed");
  });

  it("steps into objects by dots, also where a name has dots of its own", () => {
    const claims = { "x.y": { "a.b": 1 }, deep: { er: { est: "v" } } };
    expect(decide([{ claim: "deep.er.est", equals: "v" }], claims)).toBe("allowed");
    expect(decide([{ claim: "x.y.a.b", equals: 1 }], claims)).toBe("allowed");
    expect(decide([{ claim: "deep.er", exists: true }], claims)).toBe("allowed");
    expect(decide([{ claim: "deep.er", notEquals: "v" }], claims)).toBe("denied");
  });

  it("finds no claim in what every object inherits", () => {
    for (const claim of ["constructor", "__proto__", "toString", "deep.constructor.name"]) {
      expect(decide([{ claim, exists: true }], { deep: { a: 1 } })).toBe("denied");
    }
  });

  it("takes anyOf and allOf at any depth", () => {
    const either = {
      anyOf: [
        { claim: "a", equals: 1 },
        {
          allOf: [
            { claim: "b", equals: 2 },
            { claim: "c", equals: 3 },
          ],
        },
      ],
    };
    expect(decide([either], { b: 2, c: 3 })).toBe("allowed");
    expect(decide([either], { b: 2, c: 4 })).toBe("denied");
  });

  it("takes only the issuer that it names, in any spelling", () => {
    const parsed = releasePolicySchema.parse({
      anyOf: [{ authority: "HTTPS://Attest.Example/", allOf: [{ claim: "a", equals: 1 }] }],
    });
    expect(evaluatePolicy(parsed, issuer, { a: 1 }).kind).toBe("allowed");
    expect(evaluatePolicy(parsed, "https://attest.example.evil", { a: 1 }).kind).toBe("denied");
    expect(evaluatePolicy(parsed, "http://attest.example", { a: 1 }).kind).toBe("denied");
  });

  it("says which conditions were not met", () => {
    const decision = evaluatePolicy(
      policy({ claim: "a", equals: 1 }, { claim: "b", equals: 2 }),
      issuer,
      { b: 2 },
    );
    expect(decision).toEqual({ kind: "denied", reasons: ["a equals 1"] });
  });

  it("names every claim that it asks for", () => {
    const named = claimsNamed(
      policy({ anyOf: [{ claim: "a", equals: 1 }] }, { claim: "b", exists: true }),
    );
    expect([...named].sort()).toEqual(["a", "b"]);
  });

  it.each([
    ["no condition", { anyOf: [{ authority: issuer, allOf: [] }] }],
    ["no authority", { anyOf: [] }],
    [
      "both anyOf and allOf",
      {
        anyOf: [
          {
            authority: issuer,
            anyOf: [{ claim: "a", equals: 1 }],
            allOf: [{ claim: "a", equals: 1 }],
          },
        ],
      },
    ],
    ["neither anyOf nor allOf", { anyOf: [{ authority: issuer }] }],
    [
      "two operators",
      { anyOf: [{ authority: issuer, allOf: [{ claim: "a", equals: 1, exists: true }] }] },
    ],
    [
      "an unknown operator",
      { anyOf: [{ authority: issuer, allOf: [{ claim: "a", matches: ".*" }] }] },
    ],
    ["an object as value", { anyOf: [{ authority: issuer, allOf: [{ claim: "a", equals: {} }] }] }],
    [
      "an unknown member",
      { anyOf: [{ authority: issuer, allOf: [{ claim: "a", equals: 1 }] }], noneOf: [] },
    ],
    ["nothing", {}],
  ])("is refused with %s", (_name, text) => {
    expect(releasePolicySchema.safeParse(text).success).toBe(false);
  });

  it("is refused when it is nested without end", () => {
    let node: object = { claim: "a", equals: 1 };
    for (let depth = 0; depth < 2_000; depth += 1) {
      node = { allOf: [node] };
    }
    expect(
      releasePolicySchema.safeParse({ anyOf: [{ authority: issuer, allOf: [node] }] }).success,
    ).toBe(false);
  });

  it("never allows more when a claim is taken away", () => {
    const scalar = fc.oneof(fc.boolean(), fc.integer(), fc.string());
    const claims = fc.dictionary(fc.constantFrom("a", "b", "c"), scalar);
    const conditions = fc.array(
      fc.record({ claim: fc.constantFrom("a", "b", "c"), equals: scalar }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(claims, conditions, fc.constantFrom("a", "b", "c"), (all, asked, gone) => {
        const { [gone]: _taken, ...fewer } = all;
        expect(decide(asked, fewer) === "allowed" && decide(asked, all) === "denied").toBe(false);
      }),
    );
  });
});
