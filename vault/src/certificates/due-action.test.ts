// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { CertificateVersion } from "./certificate-type.ts";
import { dueAction } from "./due-action.ts";
import { policyOf } from "./policy-of.ts";
import type { PolicyBody } from "./policy-wire.ts";

const day = 86_400;
const version: CertificateVersion = {
  ...{ version: "v", created: 0, updated: 0, enabled: true, nbf: 0, exp: 100 * day },
  ...{ certificates: ["x"], leaf: 0 },
};
const policyWith = (
  action: "AutoRenew" | "EmailContacts",
  trigger: object,
  more: Partial<PolicyBody> = {},
) =>
  policyOf(
    {
      ...{ issuer: { name: "Self" }, x509_props: { subject: "CN=a" } },
      lifetime_actions: [{ trigger, action: { action_type: action } }],
      ...more,
    },
    0,
  );
const on = (days: number) => new Date(days * day * 1000);
const at80 = { lifetime_percentage: 80 };

describe("what is due", () => {
  it("is renewal from the moment that the policy says, and not before", () => {
    const byPercentage = policyWith("AutoRenew", at80);
    expect(dueAction(byPercentage, version, on(79.9))).toBeUndefined();
    expect(dueAction(byPercentage, version, on(80))).toBe("renew");
    const byDays = policyWith("AutoRenew", { days_before_expiry: 30 });
    expect(dueAction(byDays, version, on(69.9))).toBeUndefined();
    expect(dueAction(byDays, version, on(70))).toBe("renew");
    expect(dueAction(byDays, version, on(500))).toBe("renew");
  });

  it("is never renewal of what is disabled, pending, or of an issuer outside", () => {
    const policy = policyWith("AutoRenew", at80);
    expect(dueAction(policy, { ...version, enabled: false }, on(90))).toBeUndefined();
    expect(dueAction(policy, { ...version, certificates: [] }, on(90))).toBeUndefined();
    const off = policyWith("AutoRenew", at80, { attributes: { enabled: false } });
    expect(dueAction(off, version, on(90))).toBeUndefined();
    const outside = { ...policy, issuer: { name: "unknown" } };
    expect(dueAction(outside, version, on(90))).toBeUndefined();
  });

  it("is one word about the end that comes near, and one about the end", () => {
    const policy = policyWith("EmailContacts", at80);
    expect(dueAction(policy, version, on(79))).toBeUndefined();
    expect(dueAction(policy, version, on(80))).toBe("announceNearExpiry");
    const said = { ...version, announced: "nearExpiry" } as const;
    expect(dueAction(policy, said, on(99))).toBeUndefined();
    expect(dueAction(policy, said, on(100))).toBe("announceExpired");
    expect(dueAction(policy, { ...version, announced: "expired" }, on(101))).toBeUndefined();
  });
});
