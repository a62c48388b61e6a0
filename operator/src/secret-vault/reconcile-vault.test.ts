// SPDX-License-Identifier: Apache-2.0
/** How long a deleted SecretVault waits for a vault that does not answer. */

import { describe, expect, it } from "@jest/globals";
import { type Clock, type ErrorCode, StrongroomError, silentLog } from "@strongroom/core";
import type { OperatorDeps } from "../operator-deps.ts";
import type { SecretVault } from "../resource.ts";
import { createVaultReconciler } from "./reconcile-vault.ts";

const deletedAt = "2026-01-01T00:00:00Z";
const vault: SecretVault = {
  metadata: {
    ...{ name: "v", namespace: "ns", uid: "uid-1", generation: 2, resourceVersion: "7" },
    ...{ deletionTimestamp: deletedAt, finalizers: ["strongroom.io/finalizer"] },
  },
  spec: {},
};

/** Deps in which deleting the vault fails with `code`, `minutes` after the resource was deleted. */
function failingDeps(code: ErrorCode, minutes: number) {
  const patches: object[] = [];
  const now = new Date(Date.parse(deletedAt) + minutes * 60_000);
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const deps = {
    ...{ clock, log: silentLog, epoch: 1 },
    vaults: { get: () => vault, list: () => [vault] },
    manage: { deleteVault: () => Promise.reject(new StrongroomError(code, "as the test asked")) },
    kube: {
      get: () => Promise.resolve(undefined),
      merge: (_name: object, patch: object) => Promise.resolve(patches.push(patch)),
    },
  } as unknown as OperatorDeps;
  return { reconcile: createVaultReconciler(deps), patches };
}

describe("a SecretVault that is being deleted", () => {
  it("holds on for five minutes while the vault is away", async () => {
    const { reconcile, patches } = failingDeps("VaultUnavailable", 4.9);
    await expect(reconcile("ns/v")).rejects.toMatchObject({ code: "VaultUnavailable" });
    expect(patches).toEqual([]);
  });

  it("lets go after that, so that a namespace can end", async () => {
    const { reconcile, patches } = failingDeps("VaultUnavailable", 5);
    await reconcile("ns/v");
    expect(patches).toEqual([{ metadata: { resourceVersion: "7", finalizers: [] } }]);
  });

  it("does not take a refusal for an absence, however late it is", async () => {
    const { reconcile, patches } = failingDeps("Forbidden", 60);
    await expect(reconcile("ns/v")).rejects.toMatchObject({ code: "Forbidden" });
    expect(patches).toEqual([]);
  });
});
