// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type AccessRequest, authorize, matchesPattern, type RoleAssignment } from "./access.ts";

const alice = { issuer: "kubernetes:uid", subject: "system:serviceaccount:shop:alice" };
const get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
const set = "Microsoft.KeyVault/vaults/secrets/setSecret/action";

const assignment = (change: Partial<RoleAssignment> = {}): RoleAssignment => ({
  role: "Key Vault Secrets User",
  scope: "secrets/db-*",
  via: "release",
  principals: [alice],
  ...change,
});

const request = (change: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: alice,
  action: get,
  object: "secrets/db-password",
  via: "release",
  ...change,
});

describe("access", () => {
  it("is allowed by an assignment that covers identity, action, object and way", () => {
    expect(authorize([assignment()], request())).toEqual({
      kind: "allowed",
      role: "Key Vault Secrets User",
    });
  });

  it.each([
    ["another subject", {}, { principal: { ...alice, subject: "system:serviceaccount:shop:bob" } }],
    [
      "the same subject of another issuer",
      {},
      { principal: { ...alice, issuer: "kubernetes:other" } },
    ],
    ["an action that the role lacks", {}, { action: set }],
    ["an object outside the scope", {}, { object: "secrets/api-key" }],
    ["the plain routes with a role for release", {}, { via: "api" }],
    ["a scope of another kind", { scope: "keys/*" }, {}],
  ] as const)("is denied for %s", (_name, granted, asked) => {
    expect(authorize([assignment(granted)], request(asked)).kind).toBe("denied");
  });

  it("is denied without any assignment", () => {
    expect(authorize([], request()).kind).toBe("denied");
  });

  it("by release is part of access by api", () => {
    expect(authorize([assignment({ via: "api" })], request()).kind).toBe("allowed");
  });

  it("does not add up from assignments that each cover a part", () => {
    const parts = [
      assignment({ via: "api", scope: "secrets/other" }),
      assignment({ role: "Key Vault Reader", via: "api" }),
    ];
    expect(authorize(parts, request({ via: "api" })).kind).toBe("denied");
  });
});

describe("a pattern", () => {
  it.each([
    ["*", "secrets/a", true],
    ["secrets/*", "secrets/a", true],
    ["secrets/A", "secrets/a", true],
    ["secrets/a", "secrets/ab", false],
    ["secrets/*-key", "secrets/api-key", true],
    ["secrets/a*b*c", "secrets/aXbYc", true],
    ["secrets/a*b*c", "secrets/acb", false],
    ["secrets/ab*ba", "secrets/aba", false],
    ["secrets/a.c", "secrets/abc", false],
    ["", "secrets/a", false],
  ])("%s against %s is %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with a regular expression on every input", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        const expression = new RegExp(`^${glob.replaceAll("*", ".*")}$`);
        expect(matchesPattern(glob, subject)).toBe(expression.test(subject));
      }),
    );
  });
});
