// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { TokenReviewResult } from "@strongroom/kube/in-cluster";
import { createServiceAccountAuthentication } from "./service-account.ts";

const now = new Date("2026-01-01T00:00:00Z");
const expected = { audience: "https://strongroom", issuers: ["https://cluster"] };
const tokenOf = (claims: object) => {
  const usual = { iss: "https://cluster", aud: ["https://strongroom"], exp: 2_000_000_000 };
  const payload = { sub: "system:serviceaccount:team:app", ...usual, ...claims };
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.AAAA`;
};
const good: TokenReviewResult = {
  ...{ authenticated: true, audiences: ["https://strongroom"], uid: "uid-1" },
  username: "system:serviceaccount:team:app",
  ...{ podName: "p", podUid: "p-1", nodeName: "n", nodeUid: "n-1" },
};

function authentication(review: Partial<TokenReviewResult> | Error) {
  const asked: string[] = [];
  const authenticate = createServiceAccountAuthentication({
    kubernetes: {
      createTokenReview: async ({ token }) => {
        asked.push(token);
        await Promise.resolve();
        if (review instanceof Error) {
          throw review;
        }
        return { ...good, ...review };
      },
    },
    config: {
      ...{
        clusterUid: "c",
        trustConfigMaps: [],
        tokenIssuers: [],
        securityOfficers: [],
        auditors: [],
      },
      backupOperators: [],
      operator: "system:serviceaccount:strongroom:operator",
      nodePlugin: "system:serviceaccount:strongroom:node",
    },
    ...expected,
    clock: { now: () => now },
  });
  return { authenticate, asked };
}

describe("a token that may be a ServiceAccount's", () => {
  it.each([
    ["of this cluster for this installation", {}, true],
    ["of another issuer", { iss: "https://elsewhere" }, false],
    ["of no issuer", { iss: undefined }, false],
    ["for another audience", { aud: "https://kubernetes.default.svc" }, false],
    ["of a person", { sub: "alice" }, false],
    ["that is too large", { filler: "x".repeat(9_000) }, false],
  ])("%s: %s", async (_name, claims, is) => {
    const { authenticate, asked } = authentication({});
    const caller = await authenticate(tokenOf(claims));
    expect([caller !== undefined, asked.length]).toEqual([is, is ? 1 : 0]);
  });
});

describe("a reviewed token", () => {
  it("is of an account by name and uid, on a pod and a node", async () => {
    const caller = await authentication({}).authenticate(tokenOf({}));
    const { principal, bound } = caller ?? {};
    expect(principal).toEqual({
      ...{ issuer: "kubernetes:c", subject: good.username, accountUid: "uid-1" },
    });
    expect(bound).toEqual({ podName: "p", podUid: "p-1", nodeName: "n", nodeUid: "n-1" });
  });

  it.each<[string, Partial<TokenReviewResult>]>([
    ["the API server says no", { authenticated: false }],
    ["the answer is for another audience", { audiences: ["https://kubernetes.default.svc"] }],
    ["the answer names no audience", { audiences: [] }],
    ["the account has no uid", { uid: undefined }],
    ["it is no account's", { username: "admin" }],
  ])("is refused if %s", async (_name, review) => {
    const { authenticate } = authentication(review);
    await expect(authenticate(tokenOf({}))).rejects.toMatchObject({ code: "TokenInvalid" });
  });

  it("is bound to no pod unless pod and node are there in full", async () => {
    const caller = await authentication({ nodeUid: undefined }).authenticate(tokenOf({}));
    expect(caller?.principal.subject).toBe(good.username);
    expect(caller?.bound).toBeUndefined();
  });

  it("is asked about once by requests that come together, and again after a failure", async () => {
    const { authenticate, asked } = authentication({});
    await Promise.all(Array.from({ length: 40 }, () => authenticate(tokenOf({}))));
    expect(asked.length).toBe(1);
    const away = authentication(new Error("away"));
    await expect(away.authenticate(tokenOf({}))).rejects.toThrow("away");
    await expect(away.authenticate(tokenOf({}))).rejects.toThrow("away");
    expect(away.asked.length).toBe(2);
  });

  it("is not asked about once it has expired", async () => {
    const { authenticate, asked } = authentication({});
    const old = tokenOf({ exp: now.getTime() / 1000 });
    await expect(authenticate(old)).rejects.toMatchObject({ code: "TokenInvalid" });
    expect(asked).toEqual([]);
  });
});
