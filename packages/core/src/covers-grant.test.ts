// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { RoleAssignment } from "./access.ts";
import { builtInRoles, type RoleName } from "./built-in-roles.ts";
import { uncoveredActions } from "./covers-grant.ts";

const alice = { issuer: "https://issuer.example", subject: "alice" };
const bob = { ...alice, subject: "bob" };

const assignment = (role: RoleName, change: Partial<RoleAssignment> = {}): RoleAssignment => ({
  role,
  actions: builtInRoles[role].actions,
  scope: "*",
  via: "api",
  principals: [alice],
  ...change,
});
const grant = (role: RoleName, change: Partial<RoleAssignment> = {}) =>
  assignment(role, { principals: [bob], ...change });
const mayGrant = (held: readonly RoleAssignment[], given: RoleAssignment) =>
  uncoveredActions(held, alice, given).length === 0;

describe("a grant", () => {
  const officer = assignment("Key Vault Secrets Officer", {
    scope: "secrets/app-*",
    conditions: { sourceRanges: ["10.0.0.0/8"], notAfter: 2_000 },
  });
  const within = {
    scope: "secrets/app-1",
    conditions: { sourceRanges: ["10.1.0.0/16"], notAfter: 1_000 },
  };

  it("of a part of what is held is covered", () => {
    expect(mayGrant([officer], grant("Key Vault Secrets User", within))).toBe(true);
  });

  it.each<[string, Partial<RoleAssignment>]>([
    ["a wider scope", { ...within, scope: "secrets/*" }],
    ["another kind", { ...within, scope: "keys/app-1" }],
    ["the whole vault", { ...within, scope: "*" }],
    ["no source range", { ...within, conditions: { notAfter: 1_000 } }],
    [
      "a wider source range",
      { ...within, conditions: { sourceRanges: ["0.0.0.0/0"], notAfter: 1_000 } },
    ],
    [
      "a longer time",
      { ...within, conditions: { sourceRanges: ["10.1.0.0/16"], notAfter: 3_000 } },
    ],
    ["no end", { ...within, conditions: { sourceRanges: ["10.1.0.0/16"] } }],
    ["no conditions", { ...within, conditions: undefined }],
  ])("with %s is not", (_name, change) => {
    expect(mayGrant([officer], grant("Key Vault Secrets User", change))).toBe(false);
  });

  it("of an action that is not held is not covered, and says which", () => {
    const held = [assignment("Key Vault Secrets User")];
    expect(uncoveredActions(held, alice, grant("Key Vault Secrets Officer"))).toContain(
      "Microsoft.KeyVault/vaults/secrets/setSecret/action",
    );
  });

  it("on the plain routes is not covered by what is held by release", () => {
    const held = [assignment("Key Vault Secrets User", { via: "release" })];
    expect(mayGrant(held, grant("Key Vault Secrets User"))).toBe(false);
    expect(mayGrant(held, grant("Key Vault Secrets User", { via: "release" }))).toBe(true);
  });

  it("adds up over actions from several roles", () => {
    const held = [assignment("Key Vault Secrets Officer"), assignment("Key Vault Crypto Officer")];
    expect(mayGrant(held, grant("Key Vault Reader"))).toBe(false);
    const all = [...held, assignment("Key Vault Certificates Officer")];
    expect(mayGrant(all, grant("Key Vault Reader"))).toBe(true);
  });

  it("is not covered by what somebody else holds", () => {
    const held = [assignment("Key Vault Secrets Officer", { principals: [bob] })];
    expect(mayGrant(held, grant("Key Vault Secrets User"))).toBe(false);
  });
});

describe("a role that is delegable to the granter", () => {
  const held = [
    assignment("Key Vault Data Access Administrator", {
      scope: "secrets/app-*",
      delegable: ["Key Vault Secrets User"],
    }),
  ];
  const inside = { scope: "secrets/app-1" };

  it("can be granted to others though it is not held", () => {
    expect(mayGrant(held, grant("Key Vault Secrets User", inside))).toBe(true);
  });

  it.each<[string, RoleAssignment]>([
    ["to themselves", grant("Key Vault Secrets User", { ...inside, principals: [bob, alice] })],
    ["beyond the scope", grant("Key Vault Secrets User", { scope: "secrets/web" })],
    ["as another role", grant("Key Vault Secrets Officer", inside)],
  ])("cannot be granted %s", (_name, given) => {
    expect(mayGrant(held, given)).toBe(false);
  });
});
