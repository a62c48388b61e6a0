// SPDX-License-Identifier: Apache-2.0
/** Which vaults are let go because nobody has them any more, and above all which are not. */

import { describe, expect, it } from "@jest/globals";
import { planVaultSweep } from "./sweep-vaults.ts";

const vault = (
  uid: string,
  owner: string,
  deleted: { at: number; purgeAt: number } | null = null,
) => ({
  ...{ uid, owner: { uid: owner }, name: "v", namespace: "ns", deleted },
});
const resource = (uid: string) => ({
  metadata: { name: "v", namespace: "ns", uid, generation: 1 },
});

describe("planVaultSweep", () => {
  it("lets go of a vault whose resource is gone, whatever has its name by now", () => {
    expect(planVaultSweep([vault("1", "1")], [resource("2")])).toEqual([vault("1", "1")]);
  });

  it("goes by the resource that has the vault: one that was recovered is not its first resource's", () => {
    expect(planVaultSweep([vault("1", "2")], [resource("2")])).toEqual([]);
    expect(planVaultSweep([vault("1", "2")], [resource("1")])).toEqual([vault("1", "2")]);
  });

  it("leaves alone what is deleted", () => {
    expect(planVaultSweep([vault("1", "1", { at: 1, purgeAt: 2 })], [])).toEqual([]);
  });
});
