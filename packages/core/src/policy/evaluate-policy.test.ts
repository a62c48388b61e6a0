// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { at, decide, evaluate, issuer, now, policy } from "../__fixtures__/policy-decisions.ts";
import { evaluatePolicy } from "./evaluate-policy.ts";
import { releasePolicySchema } from "./parse-release-policy.ts";
import { unmetConditions } from "./policy-claims.ts";
import { toReferenceValues } from "./reference-values.ts";

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
    ["equals a number in another spelling", { equals: "1.0" }, 1, "allowed"],
    ["equals text in another spelling", { equals: "1.0" }, "1", "denied"],
    ["equals text that only looks like a number", { equals: 0 }, "", "denied"],
    ["equals a truth value as number", { equals: 1 }, true, "denied"],
    ["equals a number that readers read differently", { equals: 2 ** 60 }, 2 ** 60, "denied"],
    ["notEquals a number that readers read differently", { notEquals: 1 }, 2 ** 60, "denied"],
    ["notEquals such a number, of its digits", { notEquals: 2 ** 60 }, String(2 ** 60), "denied"],
    ["greater of long digits", { greater: 1 }, "99999999999999999999", "denied"],
    ["less in hexadecimal", { less: 100 }, "0x10", "denied"],
    ["exists of nothing", { exists: "true" }, null, "denied"],
    ["exists false in words", { exists: "false" }, null, "allowed"],
    ["in", { in: ["a", "b"] }, "b", "allowed"],
    ["in as another type", { in: [1, "true"] }, true, "allowed"],
    ["in none", { in: ["a", "b"] }, "c", "denied"],
    ["startsWith", { startsWith: "0a" }, "0a0b", "allowed"],
    ["startsWith in the middle", { startsWith: "0b" }, "0a0b", "denied"],
    ["startsWith of a number", { startsWith: "1" }, 12, "denied"],
    ["contains", { contains: 7 }, [0, 7], "allowed"],
    ["contains another", { contains: 7 }, [0, [7], { a: 7 }], "denied"],
    ["contains in text", { contains: "a" }, "abc", "denied"],
    ["contains in a list without bounds", { contains: 7 }, Array(1_001).fill(7), "denied"],
    ["maxAgeSeconds", { maxAgeSeconds: 60 }, now - 60, "allowed"],
    ["maxAgeSeconds of what is older", { maxAgeSeconds: 60 }, now - 61, "denied"],
    ["maxAgeSeconds of the future", { maxAgeSeconds: 60 }, now + 61, "denied"],
    ["maxAgeSeconds of text", { maxAgeSeconds: 60 }, String(now), "denied"],
  ])("decides %s", (_name, condition, value, expected) => {
    expect(decide([{ claim: "c", ...condition }], { c: value })).toBe(expected);
  });

  it("denies a claim that is missing, whatever the operator", () => {
    for (const condition of [
      { equals: "undefined" },
      { notEquals: "x" },
      { less: 1 },
      { exists: true },
      { in: ["x"] },
      { startsWith: "x" },
      { contains: "x" },
      { maxAgeSeconds: 60 },
      { reference: "images" },
    ]) {
      expect(decide([{ claim: "c", ...condition }], {})).toBe("denied");
    }
    expect(decide([{ claim: "c", exists: false }], {})).toBe("allowed");
  });

  describe("that names reference values", () => {
    const references = toReferenceValues([
      { name: "images", claims: [{ claim: "c", values: ["aa", "7"] }] },
      { name: "images", claims: [{ claim: "c", values: ["bb"] }] },
      { name: "others", claims: [{ claim: "d", values: ["aa"] }] },
    ]);
    const judge = (claims: object, conditions: readonly object[], known = references) =>
      evaluatePolicy(policy(...conditions), { issuer, claims: claims as never }, at, known);

    it.each([
      ["one of the values", "aa", "allowed"],
      ["one of another set of the name", "bb", "allowed"],
      ["a number that the set spells in digits", 7, "allowed"],
      ["another", "cc", "denied"],
      ["a list of the value", ["aa"], "denied"],
      ["nothing", undefined, "denied"],
    ])("decides %s", (_name, c, expected) => {
      expect(judge({ c }, [{ claim: "c", reference: "images" }]).kind).toBe(expected);
    });

    it.each([
      ["a set that is not there", { claim: "c", reference: "gone" }],
      ["a set that lists other claims", { claim: "c", reference: "others" }],
      ["what every object inherits", { claim: "constructor", reference: "constructor" }],
    ])("denies %s, and says that it is not there", (_name, condition) => {
      const decision = judge({ c: "aa", d: "aa" }, [condition]);
      expect(decision).toMatchObject({
        kind: "denied",
        authorities: [{ reason: { reasons: [{ met: false, unknownReference: true }] } }],
      });
      expect(unmetConditions(decision)).toEqual([
        `${condition.claim} reference "${condition.reference}", of which the authority has no values for it`,
      ]);
    });

    it("asks for what the sets are when it is asked, and knows none by itself", () => {
      const condition = { claim: "c", reference: "images" };
      const added = [{ name: "images", claims: [{ claim: "c", values: ["cc"] }] }];
      expect(judge({ c: "cc" }, [condition], toReferenceValues(added)).kind).toBe("allowed");
      expect(decide([condition], { c: "aa" })).toBe("denied");
      expect(unmetConditions(judge({ c: "cc" }, [condition]))).toEqual(['c reference "images"']);
    });
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

  it.each([
    ["https://attest.example", "allowed"],
    ["https://attest.example/", "allowed"],
    ["HTTPS://ATTEST.example:443//", "allowed"],
    ["https://attest.example.evil", "denied"],
    ["https://evil@attest.example", "denied"],
    ["https://attest.example?x", "denied"],
    ["https://attest.example/a", "denied"],
    ["http://attest.example", "denied"],
    ["", "denied"],
    [`https://attest.example${"/".repeat(1_000_000)}`, "denied"],
  ])("takes a token of its authority and no other: %.40s", (from, expected) => {
    expect(evaluate([{ claim: "a", equals: 1 }], { a: 1 }, from).kind).toBe(expected);
  });

  it("takes one of its authorities, or asks for all", () => {
    const authorities = [
      { authority: "https://other.example", allOf: [{ claim: "a", equals: 1 }] },
      { authority: `${issuer}/`, anyOf: [{ claim: "a", equals: 2 }] },
      { authority: issuer, allOf: [{ claim: "a", equals: 3 }] },
    ];
    const kinds = (members: object, claims: object) =>
      evaluatePolicy(releasePolicySchema.parse(members), { issuer, claims: claims as never }, at)
        .kind;
    expect(kinds({ anyOf: authorities }, { a: 2 })).toBe("allowed");
    expect(kinds({ anyOf: authorities }, { a: 3 })).toBe("allowed");
    expect(kinds({ anyOf: authorities }, { a: 1 })).toBe("denied");
    expect(kinds({ allOf: authorities }, { a: 2 })).toBe("denied");
    expect(kinds({ allOf: authorities.slice(1, 2) }, { a: 2 })).toBe("allowed");
  });
});
