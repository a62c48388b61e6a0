// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { AuditEvent, AuditLeaf } from "@strongroom/core";
import type { Vault } from "../../vaults/vault-record.ts";
import { releasesOf } from "./facts-of-leaf.ts";

const vault = { uid: "vault-1", name: "shop", hosts: ["shop.team.svc"] } as unknown as Vault;
const identity = { issuer: "kubernetes:c", subject: "app", accountUid: "a1", podUid: "p1" };

const leafOf = (properties: AuditEvent["properties"], change: Partial<AuditEvent> = {}) =>
  ({
    event: {
      ...{ time: "2026-01-01T00:00:01.900Z", operationName: "ObjectRelease", identity },
      ...{ resultType: "Success", properties },
      ...change,
    },
  }) as AuditLeaf;

const common = { vault: "vault-1", vaultName: "shop", evidence: "E" };
const one = { ...common, id: "https://host/secrets/db", version: "v1", policies: ["d1"] };
const batch = {
  ...common,
  releases: [
    { object: "secrets/db", result: "granted", version: "v1", policies: ["d1"] },
    { object: "secrets/no", result: "denied", class: "Forbidden", reasons: ["r"] },
    { object: "keys/k", result: "granted", version: "v2", policies: [], unwrapped: "u" },
  ],
};

describe("the facts of a leaf", () => {
  it("are those of the one object that was released", () => {
    expect(releasesOf(leafOf(one), vault)).toEqual([
      {
        ...{ kind: "secrets", name: "db" },
        principal: { issuer: "kubernetes:c", subject: "app", accountUid: "a1" },
        facts: {
          ...{ operation: "ObjectRelease", released: 1_767_225_601, evidence: "E" },
          ...{ object: "https://host/secrets/db/v1", policies: ["d1"], pod: { uid: "p1" } },
          vault: { uid: "vault-1", name: "shop" },
          identity: { issuer: "kubernetes:c", subject: "app" },
        },
      },
    ]);
  });

  it("are those of each object of a batch that was granted", () => {
    const found = releasesOf(leafOf(batch), vault);
    expect(found.map(({ facts }) => [facts.object, facts.policies, facts.unwrapped])).toEqual([
      ["https://shop.team.svc/secrets/db/v1", ["d1"], undefined],
      ["https://shop.team.svc/keys/k/v2", [], "u"],
    ]);
  });

  it("are none of another vault, of a refusal, and of what is no release", () => {
    for (const leaf of [
      leafOf({ ...one, vault: "vault-2" }),
      leafOf(one, { resultType: "Failure" }),
      leafOf({ ...one, id: "https://host/others/db" }),
      leafOf({ ...common, id: "https://host/secrets/db" }),
      leafOf({ ...common, releases: "all" }),
      leafOf({}),
    ]) {
      expect(releasesOf(leaf, vault)).toEqual([]);
    }
  });
});
