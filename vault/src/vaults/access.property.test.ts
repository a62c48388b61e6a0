// SPDX-License-Identifier: Apache-2.0
/** Whatever the resources say, a charter's roles bound it: both must allow, and nothing else is looked at. */

import { describe, expect, it } from "@jest/globals";
import { authorize, type RoleAssignment } from "@strongroom/core";
import fc from "fast-check";
import type { Caller } from "../identity/caller.ts";
import { type AccessQuestion, isAllowed } from "./access.ts";

const prefix = "Microsoft.KeyVault/vaults/secrets";
const actions = [`${prefix}/getSecret/action`, `${prefix}/setSecret/action`] as const;
const principal = fc.record({
  issuer: fc.constant("kubernetes:c"),
  subject: fc.constantFrom("a", "b"),
  accountUid: fc.constantFrom("uid-1", "uid-2"),
});
const assignment: fc.Arbitrary<RoleAssignment> = fc.record({
  role: fc.constant("r"),
  actions: fc.subarray([...actions], { minLength: 1 }),
  scope: fc.constantFrom("*", "secrets", "secrets/db-*", "secrets/db-a"),
  via: fc.constantFrom("release", "api"),
  principals: fc.array(principal, { minLength: 1, maxLength: 2 }),
});
const assignments = fc.array(assignment, { maxLength: 4 });
const question: fc.Arbitrary<AccessQuestion> = fc.record({
  action: fc.constantFrom(...actions),
  via: fc.constantFrom("release", "api"),
  object: fc.constantFrom("secrets/db-a", "secrets/db-b", "secrets/other"),
});
const callerOf = (one: Caller["principal"]): Caller => ({
  ...{ principal: one, installationRoles: [], tokenHash: new Uint8Array(32) },
  circumstances: { at: new Date(0) },
});

describe("access to a vault with a charter", () => {
  it("is what resources and charter both allow", () => {
    const outcomes = { allowed: 0, denied: 0 };
    const property = fc.property(
      fc.tuple(assignments, fc.option(assignments, { nil: undefined }), principal, question),
      ([resources, signed, one, asked]) => {
        const request = { principal: one, circumstances: { at: new Date(0) }, ...asked };
        const allows = (some: readonly RoleAssignment[]) => authorize(some, request).kind;
        const expected =
          allows(resources) === "allowed" && (!signed || allows(signed) === "allowed");
        const found = isAllowed({ resources, charter: () => signed }, callerOf(one), asked);
        outcomes[found ? "allowed" : "denied"] += 1;
        expect(found).toBe(expected);
        expect(isAllowed({ resources, charter: undefined }, callerOf(one), asked)).toBe(
          allows(resources) === "allowed",
        );
      },
    );
    fc.assert(property, { numRuns: 5_000 });
    expect(Math.min(outcomes.allowed, outcomes.denied)).toBeGreaterThan(100);
  });
});
