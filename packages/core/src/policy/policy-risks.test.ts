// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { releasePolicySchema } from "./parse-release-policy.ts";
import { policyRisks, type TrustedAuthorities } from "./policy-risks.ts";
import { toReferenceValues } from "./reference-values.ts";
import { extendedPolicyVersion } from "./release-policy.ts";

const own = "https://strongroom.example";
const checked = { claim: "x-ms-sevsnpvm-is-debuggable", equals: "false" };

const trusted: TrustedAuthorities = {
  own: `${own}/`,
  external: [
    { issuer: "https://maa.example", binding: "podToken" },
    { issuer: "https://open.example/", binding: "none" },
  ],
  references: toReferenceValues([{ name: "images", claims: [{ claim: "m", values: ["aa"] }] }]),
};

const policy = (conditions: readonly object[], authority = own) =>
  releasePolicySchema.parse({
    version: extendedPolicyVersion,
    anyOf: [{ authority, allOf: conditions }],
  });
const codes = (...conditions: readonly object[]) =>
  policyRisks(policy(conditions), trusted).map(({ code }) => code);

describe("the risks of a policy", () => {
  it("are none where debugging is checked and the authority is trusted", () => {
    expect(codes(checked)).toEqual([]);
    expect(codes({ claim: "x-strongroom-class", equals: "hardware" }, checked)).toEqual([]);
    expect(policyRisks(policy([checked], "https://maa.example"), trusted)).toEqual([]);
  });

  it.each([
    ["SoftwareAdmitted", { claim: "x-strongroom-class", equals: "software" }],
    ["SoftwareAdmitted", { claim: "x-strongroom-class", notEquals: "none" }],
    ["SoftwareAdmitted", { claim: "x-strongroom-class", in: ["hardware", "virtual"] }],
    ["SoftwareAdmitted", { claim: "x-strongroom-class", exists: true }],
    ["ReplayAdmitted", { claim: "x-strongroom-fresh", equals: false }],
    ["DebugAdmitted", { claim: "x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable", exists: true }],
    ["DebugAdmitted", { claim: "dbgstat", notEquals: "disabled" }],
    ["MigrationAdmitted", { claim: "x-ms-sevsnpvm-migration-allowed", greaterOrEquals: 0 }],
    ["AbsenceAdmitted", { claim: "a", exists: "false" }],
    ["UnmeasuredAsked", { claim: "x-strongroom-unmeasured.workload.name", equals: "a" }],
    ["UnmeasuredAsked", { claim: "x-strongroom-unmeasured", exists: true }],
    ["MemberAsked", { claim: "x-strongroom-boot-images", contains: "aa" }],
    ["MemberAsked", { claim: "x-strongroom-secureboot-authorities", contains: "aa" }],
    ["ReferenceUnknown", { claim: "m", reference: "gone" }],
    ["ReferenceUnknown", { claim: "other", reference: "images" }],
  ])("have %s for %j", (code, condition) => {
    expect(codes(condition, checked)).toEqual([code]);
    const either = { anyOf: [{ claim: "a", equals: 1 }, { allOf: [condition] }] };
    expect(codes(either, checked)).toEqual([code]);
  });

  it("are none of an alternative that another condition rules out", () => {
    const software = { claim: "x-strongroom-class", equals: "software" };
    const hardware = { claim: "x-strongroom-class", equals: "hardware" };
    expect(codes({ anyOf: [software, { claim: "a", equals: 1 }] }, hardware, checked)).toEqual([]);
  });

  it("say that debugging is unchecked, in any of the ways to be allowed, unless there is nothing to debug", () => {
    expect(codes({ claim: "a", equals: 1 })).toEqual(["DebugUnchecked"]);
    expect(codes({ anyOf: [checked, { claim: "a", equals: 1 }] })).toEqual(["DebugUnchecked"]);
    expect(codes({ claim: "x-ms-attestation-type", equals: "tpm" })).toEqual([]);
    for (const type of ["sevsnpvm", "cca"]) {
      const either = { claim: "x-ms-attestation-type", in: ["tpm", type] };
      expect(codes(either)).toEqual(["DebugUnchecked"]);
    }
  });

  it("look at who issues tokens where that is known, and at no authority otherwise", () => {
    const of = (authority: string, known?: TrustedAuthorities) =>
      policyRisks(policy([checked], authority), known).map(({ code }) => code);
    expect(of("https://stranger.example", trusted)).toEqual(["AuthorityUntrusted"]);
    expect(of("https://open.example", trusted)).toEqual(["BoundToNobody"]);
    expect(of("https://stranger.example")).toEqual([]);
  });

  it("say that nobody has the tokens of two authorities at once", () => {
    const both = [own, "https://maa.example"].map((authority) => ({ authority, allOf: [checked] }));
    const asked = releasePolicySchema.parse({ allOf: both });
    expect(policyRisks(asked, trusted).map(({ code }) => code)).toEqual(["NeverMet"]);
    expect(policyRisks(releasePolicySchema.parse({ anyOf: both }), trusted)).toEqual([]);
  });

  it("fit a status, whatever names are in the policy", () => {
    const conditions = [
      { claim: "\u0001".repeat(256), reference: "\u0001".repeat(4_000) },
      { anyOf: [{ claim: "\u0001".repeat(256), exists: false }] },
      { claim: "x-ms-isolation-tee.dbgstat", exists: true },
      { anyOf: ["x-ms-sevsnpvm-is-debuggable", "x-ms-sgx-is-debuggable", "dbgstat"].map(exists) },
    ];
    const risks = policyRisks(policy(conditions, `https://a.example/${"\u0001".repeat(1_000)}`), {
      ...{ own, external: [], references: new Map() },
    });
    expect(risks.length).toBeGreaterThan(3);
    expect(
      Math.max(...risks.map(({ code, message }) => code.length + message.length)),
    ).toBeLessThan(500);
  });
});

function exists(claim: string) {
  return { claim, exists: true };
}
