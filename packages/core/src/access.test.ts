// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type AccessRequest, authorize, type RoleAssignment } from "./access.ts";
import { builtInRoles } from "./built-in-roles.ts";

const alice = { issuer: "kubernetes:uid", subject: "system:serviceaccount:shop:alice" };
const get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
const set = "Microsoft.KeyVault/vaults/secrets/setSecret/action";

const readMetadata = "Microsoft.KeyVault/vaults/secrets/readMetadata/action";
const administrator = {
  role: "Key Vault Administrator",
  actions: builtInRoles["Key Vault Administrator"].actions,
  scope: "*",
  via: "api",
} as const;

const assignment = (change: Partial<RoleAssignment> = {}): RoleAssignment => ({
  role: "Key Vault Secrets User",
  actions: builtInRoles["Key Vault Secrets User"].actions,
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
      assignment({ actions: builtInRoles["Key Vault Reader"].actions, via: "api" }),
    ];
    expect(authorize(parts, request({ via: "api" })).kind).toBe("denied");
  });

  it("is another identity's if the account was made anew under the same name", () => {
    const old = { ...alice, accountUid: "1" };
    const allowed = (accountUid: string | undefined) =>
      authorize(
        [assignment({ principals: [old] })],
        request({ principal: { ...alice, accountUid } }),
      ).kind;
    expect([allowed("1"), allowed("2"), allowed(undefined)]).toEqual([
      "allowed",
      "denied",
      "denied",
    ]);
  });

  it("is nobody's while the account is not known", () => {
    const pending = assignment({ principals: [{ ...alice, accountUid: null }] });
    for (const accountUid of [undefined, null, "1"]) {
      expect(authorize([pending], request({ principal: { ...alice, accountUid } })).kind).toBe(
        "denied",
      );
    }
  });
});

describe("access to a list", () => {
  const list = { action: readMetadata, object: undefined, via: "api" } as const;

  it("is allowed by any scope of the kind, since every entry is decided", () => {
    expect(authorize([assignment({ via: "api" })], request(list)).kind).toBe("allowed");
  });

  it("is denied by a scope of another kind", () => {
    const other = assignment({ ...administrator, scope: "keys/*" });
    expect(authorize([other], request(list)).kind).toBe("denied");
  });
});

describe("access to what has no object", () => {
  const contacts = {
    action: "Microsoft.KeyVault/vaults/certificatecontacts/write",
    object: undefined,
    via: "api",
  } as const;
  const random = { ...contacts, action: "Microsoft.KeyVault/managedHsm/rng/action" } as const;

  it.each([
    ["*", "allowed", "allowed"],
    ["/", "allowed", "allowed"],
    ["certificates", "allowed", "denied"],
    ["/certificates/*", "allowed", "denied"],
    ["certificates/web", "denied", "denied"],
    ["keys", "denied", "denied"],
    ["nonsense", "denied", "denied"],
  ])("with scope %s: contacts %s, random bytes %s", (scope, ofKind, ofVault) => {
    const held = [assignment({ ...administrator, scope })];
    expect(authorize(held, request(contacts)).kind).toBe(ofKind);
    expect(authorize(held, request(random)).kind).toBe(ofVault);
  });
});

describe("access to an object of another kind than the action", () => {
  it("is denied, whatever the scope", () => {
    const asked = request({ object: "keys/db-password", via: "api" });
    expect(authorize([assignment(administrator)], asked).kind).toBe("denied");
  });
});

describe("access under conditions", () => {
  const at = new Date("2026-01-01T12:00:00Z");
  const noon = at.getTime() / 1000;
  const decide = (
    conditions: RoleAssignment["conditions"],
    circumstances: AccessRequest["circumstances"],
  ) => authorize([assignment({ conditions })], request({ circumstances })).kind;

  it.each([
    ["from a network", { sourceRanges: ["192.0.2.0/24"] }, "192.0.2.7", "allowed"],
    [
      "from one of two",
      { sourceRanges: ["10.0.0.0/8", "2001:db8::/32"] },
      "2001:db8::1",
      "allowed",
    ],
    ["from an address", { sourceRanges: ["192.0.2.7"] }, "192.0.2.7", "allowed"],
    ["as IPv6 writes IPv4", { sourceRanges: ["192.0.2.0/24"] }, "::ffff:192.0.2.7", "allowed"],
    ["from elsewhere", { sourceRanges: ["192.0.2.0/24"] }, "192.0.3.7", "denied"],
    ["from an address that is not known", { sourceRanges: ["0.0.0.0/0"] }, undefined, "denied"],
    ["from no network", { sourceRanges: [] }, "192.0.2.7", "denied"],
    ["from now on", { notBefore: noon }, undefined, "allowed"],
    ["later", { notBefore: noon + 1 }, undefined, "denied"],
    ["until now", { notAfter: noon }, undefined, "denied"],
    ["until later", { notAfter: noon + 1 }, undefined, "allowed"],
    ["always", {}, undefined, "allowed"],
  ])("%s", (_name, conditions, source, expected) => {
    expect(decide(conditions, { at, source })).toBe(expected);
  });

  it("is denied where nothing is known of the request", () => {
    expect(decide({ notBefore: 0 }, undefined)).toBe("denied");
    expect(decide(undefined, undefined)).toBe("allowed");
  });
});
