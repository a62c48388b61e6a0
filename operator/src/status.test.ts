// SPDX-License-Identifier: Apache-2.0
/** Statuses that people and programs rely on. */

import { describe, expect, it } from "@jest/globals";
import type { PutVaultResponse } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { toFailedPolicyStatus, toPolicyStatus } from "./key-release-policy/policy-status.ts";
import type { SecretVault } from "./resource.ts";
import { toFailedVaultStatus, toVaultStatus } from "./secret-vault/vault-status.ts";
import { isReady, notReady, notReadyBecause } from "./status.ts";

const metadata = { name: "v", namespace: "ns", uid: "uid-1", generation: 3 };
const vault: SecretVault = { metadata, spec: {} };
const first = new Date("2026-01-01T00:00:00Z");
const later = new Date("2026-01-01T00:00:30Z");
const muchLater = new Date("2026-01-01T00:02:00Z");

function answer(size: number, at: Date): PutVaultResponse {
  const auditHead = { log: "log", size, root: "0".repeat(64), time: at.getTime() };
  return {
    ...{ uid: "uid-1", protection: "Software", domain: "none", enforcedBy: "host" },
    ...{ counts: { secrets: 2, keys: 0, certificates: 0 }, created: false, auditHead },
  };
}

describe("toVaultStatus", () => {
  const status = toVaultStatus(vault, { answer: answer(7, first), obstacles: [] }, first);

  it("says where the vault is and that it is ready for this generation", () => {
    expect(status).toMatchObject({
      address: "https://v.ns.svc",
      uid: "uid-1",
      counts: { secrets: 2, keys: 0, certificates: 0 },
      auditHead: { size: 7 },
      observedGeneration: 3,
    });
    expect(isReady({ ...vault, status })).toBe(true);
    expect(isReady({ metadata: { ...metadata, generation: 4 }, spec: {}, status })).toBe(false);
  });

  it("follows the audit head at most once a minute", () => {
    const known = { ...vault, status };
    const soon = toVaultStatus(known, { answer: answer(8, later), obstacles: [] }, later);
    expect(soon).toEqual(status);
    const outcome = { answer: answer(9, muchLater), obstacles: [] };
    expect(toVaultStatus(known, outcome, muchLater).auditHead?.size).toBe(9);
  });

  it("is not ready while its address is someone else's", () => {
    const obstacles = [{ reason: "AddressConflict" as const, message: "Service v exists" }];
    const { conditions } = toVaultStatus(vault, { answer: answer(1, first), obstacles }, first);
    expect(conditions).toMatchObject([
      { type: "Ready", status: "False", reason: "AddressConflict" },
    ]);
  });

  it("says which ServiceAccounts were made anew, and which there are not yet", () => {
    const conditionOf = (change: Partial<PutVaultResponse>) => {
      const outcome = { answer: { ...answer(1, first), ...change }, obstacles: [] };
      return toVaultStatus(vault, outcome, first).conditions?.slice(1);
    };
    expect(conditionOf({ pendingAccounts: [], replacedAccounts: [] })).toEqual([]);
    expect(conditionOf({ pendingAccounts: ["app"] })).toMatchObject([
      { type: "AccountsBound", status: "False", reason: "AccountPending" },
    ]);
    expect(conditionOf({ pendingAccounts: ["app"], replacedAccounts: ["job"] })).toMatchObject([
      { reason: "AccountReplaced", message: expect.stringContaining("job") },
    ]);
  });

  it("shows the vault's charter, and announces its end from 30 days before", () => {
    const days = (number: number) => first.getTime() / 1_000 + number * 86_400;
    const charter = { serial: 3, digest: "d", onExpiry: "deny", threshold: 2 } as const;
    const shown = (expires: number, warnings: string[] = []) => {
      const facts = { ...charter, signers: ["a", "b"], expires, warnings };
      const outcome = { answer: { ...answer(1, first), charter: facts }, obstacles: [] };
      return toVaultStatus(vault, outcome, first);
    };
    const lasting = shown(days(30), ["w"]);
    expect(lasting.charter).toEqual({
      ...{ ...charter, signers: ["a", "b"], expires: "2026-01-31T00:00:00.000Z", warnings: ["w"] },
    });
    expect(lasting.conditions).toHaveLength(1);
    expect(shown(days(29)).conditions?.[1]).toMatchObject({
      ...{ type: "CharterLasts", status: "False", reason: "CharterExpires" },
      message: "the charter expires in 29 days, then everything is denied",
    });
    expect(shown(days(0)).conditions?.[1]).toMatchObject({
      ...{ reason: "CharterExpired", message: "the charter has expired: everything is denied" },
    });
  });

  it("keeps what is known and the time of the first failure", () => {
    const verdict = notReadyBecause(new StrongroomError("VaultUnavailable", "no answer"));
    const failed = toFailedVaultStatus({ ...vault, status }, verdict, later);
    expect(failed).toMatchObject({
      address: "https://v.ns.svc",
      counts: { secrets: 2, keys: 0, certificates: 0 },
    });
    const again = toFailedVaultStatus({ ...vault, status: failed }, verdict, muchLater);
    expect(again).toEqual(failed);
  });

  it("tells nobody what a foreign error says", () => {
    const verdict = notReadyBecause(new Error("connect to https://user:password@host"));
    expect(JSON.stringify(verdict)).not.toContain("password");
  });
});

describe("the status of a policy", () => {
  const policy = { metadata, spec: {} };
  const good = toPolicyStatus(
    policy,
    { digest: "d1", objects: 1, names: ["secrets/a"], warnings: ["Risk: it is"] },
    first,
  );

  it("is accepted and ready when the vault enforces it", () => {
    expect(good).toMatchObject({ digest: "d1", objects: 1, observedGeneration: 3 });
    expect(good).toMatchObject({ firstObjects: ["secrets/a"], warnings: ["Risk: it is"] });
    expect(good.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ["Accepted", "True"],
      ["Ready", "True"],
    ]);
  });

  it("is not accepted when it is malformed, and still names what the vault enforces", () => {
    const error = new StrongroomError("BadParameter", "spec.policy.anyOf: required");
    const status = toFailedPolicyStatus(
      { ...policy, status: good },
      error,
      notReadyBecause(error),
      later,
    );
    expect(status.digest).toBe("d1");
    expect(status.conditions).toMatchObject([
      { type: "Accepted", status: "False", reason: "InvalidPolicy", message: error.message },
      { type: "Ready", status: "False" },
    ]);
  });

  it("says nothing new about a policy when the vault is away", () => {
    const verdict = notReady("VaultUnavailable", "no answer");
    const away = toFailedPolicyStatus({ ...policy, status: good }, undefined, verdict, later);
    expect(away.conditions?.[0]).toEqual(good.conditions?.[0]);
    const fresh = toFailedPolicyStatus(policy, undefined, verdict, later);
    expect(fresh.conditions?.[0]).toMatchObject({ status: "Unknown", reason: "Pending" });
  });
});
