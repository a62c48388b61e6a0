// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { releasePolicySchema } from "./parse-release-policy.ts";
import { extendedPolicyVersion } from "./release-policy.ts";

const issuer = "https://attest.example";
const one = { authority: issuer, allOf: [{ claim: "a", equals: 1 }] };
const extended = (condition: object) => ({
  version: extendedPolicyVersion,
  anyOf: [{ authority: issuer, allOf: [condition] }],
});

describe("a policy's text", () => {
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
    ["text", "{}"],
    ["a list", []],
    ["null", null],
    ["a version that is a number", { version: 1, anyOf: [one] }],
    ["a condition without a claim", { anyOf: [{ authority: issuer, allOf: [{ equals: 1 }] }] }],
    [
      "a claim without a name",
      { anyOf: [{ authority: issuer, allOf: [{ claim: "", equals: 1 }] }] },
    ],
    ["null as value", { anyOf: [{ authority: issuer, allOf: [{ claim: "a", equals: null }] }] }],
    ["a list as value", { anyOf: [{ authority: issuer, allOf: [{ claim: "a", equals: [1] }] }] }],
    ["exists of a word", { anyOf: [{ authority: issuer, allOf: [{ claim: "a", exists: "no" }] }] }],
    ["an empty authority", { anyOf: [{ authority: "", allOf: [{ claim: "a", equals: 1 }] }] }],
    [
      "an authority that is none",
      { anyOf: [{ authority: 1, allOf: [{ claim: "a", equals: 1 }] }] },
    ],
    ["too many authorities", { anyOf: Array(101).fill(one) }],
    [
      "operators of ours without our version",
      {
        version: "1.0.0",
        anyOf: [{ authority: issuer, allOf: [{ claim: "a", in: ["b"] }] }],
      },
    ],
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

  it.each([
    ["in nothing", { claim: "a", in: [] }],
    ["in a word", { claim: "a", in: "b" }],
    ["in lists", { claim: "a", in: [["b"]] }],
    ["startsWith nothing", { claim: "a", startsWith: "" }],
    ["startsWith a number", { claim: "a", startsWith: 1 }],
    ["contains a list", { claim: "a", contains: ["b"] }],
    ["an age of none", { claim: "a", maxAgeSeconds: 0 }],
    ["a reference without a name", { claim: "a", reference: "" }],
    ["values in a reference's place", { claim: "a", reference: ["b"] }],
    ["an age in words", { claim: "a", maxAgeSeconds: "60" }],
  ])("is refused with %s, though its version has that operator", (_name, condition) => {
    expect(releasePolicySchema.safeParse(extended(condition)).success).toBe(false);
  });

  it("says where it is wrong, and which version an operator needs", () => {
    const text = { anyOf: [one, { authority: issuer, anyOf: [{ claim: "a", in: ["b"] }] }] };
    const [issue] = releasePolicySchema.safeParse(text).error?.issues ?? [];
    expect(issue?.path).toEqual(["anyOf", 1, "anyOf", 0]);
    expect(issue?.message).toContain(`in needs version ${extendedPolicyVersion}`);
  });

  it("may spell a condition as the first SDKs did", () => {
    const old = { claim: "sdk-test", condition: "equals", value: "true" };
    const parsed = releasePolicySchema.parse({
      version: "0.2",
      anyOf: [{ authority: issuer, anyOf: [old] }],
    });
    const condition = { kind: "claim", claim: "sdk-test", operator: "equals", value: "true" };
    expect(parsed).toEqual({
      ...{ version: "0.2", kind: "anyOf" },
      authorities: [{ authority: issuer, conditions: { kind: "anyOf", conditions: [condition] } }],
    });
    for (const wrong of [
      { ...old, condition: "matches" },
      { ...old, value: {} },
      { ...old, equals: "true" },
    ]) {
      const text = { anyOf: [{ authority: issuer, anyOf: [wrong] }] };
      expect(releasePolicySchema.safeParse(text).success).toBe(false);
    }
  });
});
