// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { releasePolicySchema } from "../policy/parse-release-policy.ts";
import {
  type CharterAuthority,
  type CharterPolicy,
  type CharterQuestion,
  decideByCharter,
} from "./decide-by-charter.ts";

const issuer = "https://strongroom.test";
const root = "ab".repeat(32);
const authority: CharterAuthority = {
  name: "machines",
  issuer: `${issuer}/`,
  roots: ["cd".repeat(32), root],
  classes: ["hardware"],
  tiers: ["tee"],
  enrolments: ["Listed"],
  floors: { "x-ms-sevsnpvm-snpfw-svn": 8 },
  references: { "x-ms-sevsnpvm-launchmeasurement": ["aa", "bb"] },
};
const claims = {
  "x-strongroom-root": root,
  "x-strongroom-class": "hardware",
  "x-strongroom-tier": "tee",
  "x-strongroom-enrolment": "Listed",
  "x-strongroom-fresh": true,
  "x-ms-sevsnpvm-snpfw-svn": 9,
  "x-ms-sevsnpvm-launchmeasurement": "bb",
  boot: "good",
};
const policy = (condition: object, authorities?: readonly string[]): CharterPolicy => ({
  name: "boot",
  policy: releasePolicySchema.parse({ anyOf: [{ authority: issuer, allOf: [condition] }] }),
  ...(authorities && { authorities }),
});
const decide = (claimed: object, question: Partial<CharterQuestion> = {}) =>
  decideByCharter({
    authorities: [authority],
    policies: [],
    at: new Date(0),
    ...question,
    vouched: { issuer, claims: { ...claims, ...claimed } },
  });

describe("decideByCharter", () => {
  it("allows where an authority vouches and no policy selects the object", () => {
    expect(decide({})).toEqual({ kind: "allowed" });
  });

  it.each([
    ["another root", { "x-strongroom-root": "00".repeat(32) }, "x-strongroom-root"],
    ["no root", { "x-strongroom-root": undefined }, "x-strongroom-root"],
    ["another class", { "x-strongroom-class": "software" }, "x-strongroom-class"],
    ["another tier", { "x-strongroom-tier": "tpm" }, "x-strongroom-tier"],
    ["another enrolment", { "x-strongroom-enrolment": "FirstUse" }, "x-strongroom-enrolment"],
    ["less than the floor", { "x-ms-sevsnpvm-snpfw-svn": 7 }, "x-ms-sevsnpvm-snpfw-svn"],
    ["no value of a floor", { "x-ms-sevsnpvm-snpfw-svn": undefined }, "x-ms-sevsnpvm-snpfw-svn"],
    ["no reference value", { "x-ms-sevsnpvm-launchmeasurement": "cc" }, "launchmeasurement"],
  ])("denies %s, and says so", (_, claimed, named) => {
    const decision = decide(claimed);
    expect(decision.kind).toBe("denied");
    expect(decision.kind === "denied" && decision.reasons.join()).toContain(named);
  });

  it("denies what another issuer says", () => {
    const vouched = { issuer: "https://other.test", claims };
    const question = { authorities: [authority], policies: [], at: new Date(0), vouched };
    expect(decideByCharter(question).kind).toBe("denied");
  });

  it("needs every policy that selects the object", () => {
    const good = policy({ claim: "boot", equals: "good" });
    const bad = policy({ claim: "boot", equals: "better" });
    expect(decide({}, { policies: [good] }).kind).toBe("allowed");
    expect(decide({}, { policies: [good, bad] })).toEqual({
      kind: "denied",
      reasons: ['charter\'s policy boot: boot equals "better"'],
    });
  });

  it("lets a policy say which authorities are good enough for it", () => {
    const other = { ...authority, name: "others", tiers: ["tpm"] };
    const authorities = [authority, other];
    const condition = { claim: "boot", equals: "good" };
    const decideFor = (...names: readonly string[]) =>
      decide({}, { authorities, policies: [policy(condition, names)] }).kind;
    expect(decideFor("machines")).toBe("allowed");
    expect(decideFor("others", "machines")).toBe("allowed");
    expect(decideFor("others")).toBe("denied");
  });

  it("admits nothing unusual by silence: an authority or each policy must name it", () => {
    const fresh = { "x-strongroom-fresh": false };
    expect(decide(fresh)).toEqual({
      kind: "denied",
      reasons: ["charter: no condition on x-strongroom-fresh admits it"],
    });
    const silent = policy({ claim: "boot", equals: "good" });
    const naming = policy({ claim: "x-strongroom-fresh", equals: false });
    expect(decide(fresh, { policies: [naming] }).kind).toBe("allowed");
    expect(decide(fresh, { policies: [naming, silent] }).kind).toBe("denied");
    const admitting = { ...authority, classes: ["software"] };
    const question = { authorities: [admitting], policies: [silent] };
    expect(decide({ "x-strongroom-class": "software" }, question).kind).toBe("allowed");
  });
});
