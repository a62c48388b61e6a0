// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { NodeContest } from "@strongroom/api";
import { StrongroomError, toBase64url, utf8 } from "@strongroom/core";
import { createNodeVerdicts, type NodeVerdicts } from "./node-verdicts.ts";

const at = new Date("2026-01-01T00:00:00Z");
const node = (nodeName: string, nodeUid: string) => ({
  ...{ nodeName, nodeUid, podName: "plugin", podUid: "plugin-1" },
});
const accepted = (more: object = {}) => {
  const claims = { iss: "https://issuer.example", iat: 1, exp: 901, ...more };
  return {
    ...({ kind: "Tpm", root: "root", device: undefined, at } as const),
    ...{ claims, token: `e30.${toBase64url(utf8(JSON.stringify(claims)))}.AAAA` },
  };
};

describe("what was last verified of a node", () => {
  it("is the claims of its last token, by name and by uid", () => {
    const verdicts = createNodeVerdicts();
    expect(verdicts.claimsOf("one")).toBeUndefined();
    verdicts.accepted(node("one", "uid-1"), accepted({ a: 1 }));
    verdicts.accepted(node("one", "uid-1"), accepted({ a: 2 }));
    for (const name of ["one", "uid-1"]) {
      expect(verdicts.claimsOf(name)).toMatchObject({
        ...{ nodeName: "one", nodeUid: "uid-1", kind: "Tpm", lastVerdict: "Attested" },
        claims: { a: 2, iat: 1, exp: 901 },
      });
    }
  });

  it("stays where evidence is refused later, which is said", () => {
    const verdicts = createNodeVerdicts();
    verdicts.accepted(node("one", "uid-1"), accepted({ a: 1 }));
    verdicts.refused(node("one", "uid-1"), "Tpm", new StrongroomError("NonceInvalid", "old"), at);
    expect(verdicts.claimsOf("one")).toMatchObject({
      ...{ lastVerdict: "NonceInvalid", claims: { a: 1 } },
    });
  });

  it("is that of the node that has the name now, and nothing where that one never attested", () => {
    const verdicts = createNodeVerdicts();
    verdicts.accepted(node("one", "uid-1"), accepted({ a: 1 }));
    verdicts.refused(node("one", "uid-2"), "Tpm", new Error(), at);
    expect(verdicts.claimsOf("one")).toBeUndefined();
    verdicts.accepted(node("one", "uid-2"), accepted({ a: 2 }));
    expect(verdicts.claimsOf("one")).toMatchObject({ nodeUid: "uid-2", claims: { a: 2 } });
    expect(verdicts.claimsOf("uid-1")).toMatchObject({ nodeUid: "uid-1", claims: { a: 1 } });
  });

  it("is kept of a bounded number of nodes, and of claims that are not too long", () => {
    const verdicts = createNodeVerdicts();
    for (let index = 0; index < 1_025; index += 1) {
      verdicts.accepted(node(`n${index}`, `uid-${index}`), accepted());
    }
    expect(verdicts.claimsOf("n0")).toBeUndefined();
    expect(verdicts.claimsOf("n1024")).toBeDefined();
    verdicts.accepted(node("long", "uid-long"), accepted({ a: "x".repeat(70_000) }));
    expect(verdicts.claimsOf("long")).toBeUndefined();
    verdicts.accepted(node("n9", "uid-9"), accepted({ a: "x".repeat(70_000) }));
    expect(verdicts.claimsOf("n9")).toBeUndefined();
  });
});

describe("the event log of a node", () => {
  const proven = { "x-strongroom-event-log-bank": "sha256" };
  it.each([
    ["Tpm", proven, "Proven"],
    ["AzureGuest", proven, "Proven"],
    ["TdxVm", proven, "Proven"],
    ["TdxVm", {}, "Missing"],
    ["Tpm", {}, "Missing"],
    ["SevSnpVm", {}, undefined],
    ["Nitro", {}, undefined],
  ] as const)("of %s is told by the claims of its token: %j", (kind, claims, state) => {
    const verdicts = createNodeVerdicts();
    verdicts.accepted(node("one", "uid-1"), { ...accepted(claims), kind });
    expect(verdicts.all(at)[0]?.eventLog).toBe(state);
    verdicts.refused(node("one", "uid-1"), kind, new Error(), at);
    expect(verdicts.all(at)[0]?.eventLog).toBeUndefined();
  });
});

describe("what is contested about nodes", () => {
  const contest = (reason: NodeContest["reason"]) => ({ reason, at: at.getTime() });
  const shown = ({ all }: NodeVerdicts, now = at) =>
    all(now).map(({ nodeUid, contested }) => [nodeUid, contested?.reason]);
  const known = () => {
    const verdicts = createNodeVerdicts();
    for (const uid of ["holder", "claimant", "bystander"]) {
      verdicts.accepted(node(uid, uid), accepted());
    }
    verdicts.contested("claimant", contest("ClaimsBoundDevice"), "holder");
    verdicts.contested("holder", contest("DeviceClaimed"), "claimant");
    verdicts.contested("bystander", contest("SecondDevice"));
    return verdicts;
  };

  it("is shown for a day", () => {
    expect(shown(known())).toEqual([
      ["holder", "DeviceClaimed"],
      ["claimant", "ClaimsBoundDevice"],
      ["bystander", "SecondDevice"],
    ]);
    const tomorrow = new Date(at.getTime() + 24 * 3_600_000);
    expect(shown(known(), tomorrow).map(([, reason]) => reason)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(["holder", "claimant"])(
    "is settled at both nodes, and no other, when %s is freed",
    (uid) => {
      const verdicts = known();
      verdicts.settled(uid);
      expect(shown(verdicts)).toEqual([
        ["holder", undefined],
        ["claimant", undefined],
        ["bystander", "SecondDevice"],
      ]);
      verdicts.contested("claimant", contest("SecondDevice"));
      expect(shown(verdicts)[1]).toEqual(["claimant", "SecondDevice"]);
    },
  );
});
