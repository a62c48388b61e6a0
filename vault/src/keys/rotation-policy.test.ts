// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "@jest/globals";
import {
  expiryOf,
  notificationDue,
  rotationDue,
  rotationPolicyOf,
  rotationPolicyWireSchema,
} from "./rotation-policy.ts";

const day = 86_400;
const now = Date.parse("2026-11-26T00:00:00Z") / 1_000;
const rotate = (trigger: object) => ({ trigger, action: { type: "Rotate" } });
const notify = (trigger: object) => ({ trigger, action: { type: "notify" } });
const policyOf = (lifetimeActions: readonly object[], expiryTime?: string) =>
  rotationPolicyOf(
    rotationPolicyWireSchema.parse({ lifetimeActions, attributes: { expiryTime } }),
    now,
    undefined,
  );

test("takes Key Vault's own example", () => {
  const policy = policyOf(
    [
      rotate({ timeAfterCreate: "P18M", timeBeforeExpiry: null }),
      notify({ timeBeforeExpiry: "P30D" }),
    ],
    "P2Y",
  );
  expect(policy).toEqual({
    ...{ rotate: { timeAfterCreate: "P18M" }, notify: { timeBeforeExpiry: "P30D" } },
    ...{ expiryTime: "P2Y", created: now, updated: now },
  });
});

test("keeps when it was made, and says when it was changed", () => {
  const first = policyOf([]);
  const later = rotationPolicyOf({}, now + day, first);
  expect([later.created, later.updated]).toEqual([now, now + day]);
});

test("is due after the creation, or before the expiry", () => {
  const version = { created: now, exp: now + 90 * day };
  const after = policyOf([rotate({ timeAfterCreate: "P7D" })]);
  expect(rotationDue(after, version)).toBe(now + 7 * day);
  const before = policyOf([rotate({ timeBeforeExpiry: "P10D" })], "P90D");
  expect(rotationDue(before, version)).toBe(now + 80 * day);
  expect(rotationDue(before, { created: now })).toBeUndefined();
  expect(rotationDue(policyOf([]), version)).toBeUndefined();
});

test("does not replace at once what was made with too short a life", () => {
  const before = policyOf([rotate({ timeBeforeExpiry: "P10D" })], "P90D");
  expect(rotationDue(before, { created: now, exp: now + 60 })).toBe(now + 3_600);
});

test("gives no life beyond what clients' calendars have", () => {
  const until = (years: number) => expiryOf(policyOf([], `P${years}Y`), now) ?? 0;
  expect(new Date(until(1_000) * 1_000).getUTCFullYear()).toBe(3026);
  for (const life of ["P1001Y", "P9999Y", "P9999M9999W", "P999Y9999M"]) {
    expect(() => policyOf([], life)).toThrow("longer than a thousand years");
  }
});

test("announces an expiry that there is", () => {
  const policy = policyOf([notify({ timeBeforeExpiry: "P30D" })]);
  expect(notificationDue(policy, { created: now, exp: now + 40 * day })).toBe(now + 10 * day);
  expect(notificationDue(policy, { created: now })).toBeUndefined();
  expect(notificationDue(policyOf([]), { created: now, exp: now })).toBeUndefined();
});

test("gives new versions their expiry", () => {
  expect(expiryOf(policyOf([], "P28D"), now)).toBe(now + 28 * day);
  expect(expiryOf({}, now)).toBeUndefined();
});

describe("refuses", () => {
  test.each([
    ["two of a kind", [rotate({ timeAfterCreate: "P7D" }), rotate({ timeAfterCreate: "P8D" })]],
    ["another action", [{ trigger: { timeAfterCreate: "P7D" }, action: { type: "Delete" } }]],
    ["no trigger", [rotate({})]],
    ["two triggers", [rotate({ timeAfterCreate: "P7D", timeBeforeExpiry: "P7D" })]],
    ["a Notify after the creation", [notify({ timeAfterCreate: "P7D" })]],
    ["a rotation before an expiry that there is not", [rotate({ timeBeforeExpiry: "P7D" })]],
    ["more than one rotation in an hour", [rotate({ timeAfterCreate: "PT59M" })]],
    ["what is no duration", [rotate({ timeAfterCreate: "soon" })]],
  ])("%s", (_, actions) => {
    expect(() => policyOf(actions)).toThrow();
  });

  test.each([
    ["a life of less than an hour", [], "PT1M"],
    ["a rotation after the expiry", [rotate({ timeAfterCreate: "P31D" })], "P30D"],
    ["a rotation before the creation", [rotate({ timeBeforeExpiry: "P30D" })], "P30D"],
  ])("%s", (_, actions, expiry) => {
    expect(() => policyOf(actions, expiry)).toThrow();
  });
});
