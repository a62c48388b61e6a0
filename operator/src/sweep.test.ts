// SPDX-License-Identifier: Apache-2.0
/** What a sweep removes, and above all what it does not. */

import { describe, expect, it } from "@jest/globals";
import { planSweep } from "./sweep.ts";

const status = {
  policies: [
    { name: "kept", owner: { uid: "policy-1" }, digest: "" },
    { name: "left", owner: { uid: "policy-0" }, digest: "" },
  ],
  secrets: [
    { name: "db-password", owner: { uid: "secret-1" }, version: "" },
    { name: "api-key", owner: { uid: "secret-0" }, version: "" },
  ],
  keys: [{ name: "signing", owner: { uid: "key-0" }, version: "" }],
  certificates: [{ name: "tls", owner: { uid: "certificate-1" }, version: "" }],
};
const alive = (uid: string) => ({
  metadata: { name: "any", namespace: "ns", uid, generation: 1 },
  spec: {},
});

describe("planSweep", () => {
  it("removes what belongs to no resource", () => {
    expect(planSweep(status, ["policy-1", "secret-1", "certificate-1"].map(alive))).toEqual([
      { kind: "policies", name: "left", ownerUid: "policy-0" },
      { kind: "secrets", name: "api-key", ownerUid: "secret-0" },
      { kind: "keys", name: "signing", ownerUid: "key-0" },
    ]);
  });

  it("goes by uid: a resource made anew under an old name is another one", () => {
    const resources = ["policy-2", "secret-2"].map(alive);
    expect(planSweep(status, resources)).toHaveLength(6);
  });
});
