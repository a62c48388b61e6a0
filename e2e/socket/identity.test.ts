// SPDX-License-Identifier: Apache-2.0
/** Who a bearer token is of, and until when: the vault's clock is moved, the API server is real and goes away. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes, type SecretVaultSpec } from "@strongroom/api";
import { tokenLifetime } from "./fixtures/cluster.ts";
import {
  activatePath,
  beginEnrolment,
  collectEvidence,
  nonceFor,
  post,
  postEvidence,
} from "./fixtures/machine.ts";
import { accounts, hostOf, installationHost, subjectOf } from "./fixtures/names.ts";
import { type ExpectedRefusal, expectRefused } from "./fixtures/refusal.ts";
import { openRelease } from "./fixtures/releasing.ts";
import { openShop, type Shop } from "./fixtures/shop.ts";

/** How long a positive answer about a token is reused at most. */
const cacheMs = 10_000;
const minute = 60_000;

describe("a caller's identity", () => {
  let shop: Shop;
  let offset = 0;

  beforeAll(async () => {
    shop = await openShop({ movableClock: true });
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const advance = async (milliseconds: number) => {
    offset += milliseconds;
    await shop.installation.vault.setClock(offset);
  };
  const vaultTime = () => new Date(Date.now() + offset);
  /** Any route of the vault tells whether it knows the caller. */
  const identify = (token: string) =>
    shop.installation.send({
      ...{ serverName: hostOf("shop"), method: "GET", path: routes.vaultIdentity, token },
    });
  const unknown = (token: string) => refused(() => identify(token), { code: "TokenInvalid" });
  const refused = (act: Parameters<typeof expectRefused>[1], expected: ExpectedRefusal) =>
    expectRefused(shop.installation.folders.storeFile, act, expected);
  const freshToken = async () => {
    const { cluster } = shop.installation;
    return await cluster.podToken(await cluster.makePod("node-1", accounts.app));
  };

  it("is not what a token for another audience says, and the cluster is not even asked", async () => {
    const { cluster } = shop.installation;
    const pod = await cluster.makePod("node-1", accounts.app);
    const tokens = [
      await cluster.podToken(pod, "https://kubernetes.default.svc"),
      await cluster.podToken(pod, "https://strongroom.strongroom-system.svc.example"),
    ];
    const before = await cluster.reviews();
    for (const token of tokens) {
      await unknown(token);
    }
    expect(await cluster.reviews()).toBe(before);
    expect((await identify(await cluster.podToken(pod))).status).toBe(200);
    expect(await cluster.reviews()).toBe(before + 1);
  });

  it("is not what a changed token says", async () => {
    const token = await freshToken();
    const [header, payload = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const changed = { ...claims, sub: subjectOf(accounts.operator) };
    const forged = Buffer.from(JSON.stringify(changed)).toString("base64url");
    await unknown(`${header}.${forged}.${signature}`);
    await unknown(`${header}.${payload}.${"A".repeat(signature.length)}`);
    await unknown("not.a.token");
    await unknown("x".repeat(9_000));
  });

  it("is not what a configured issuer says to others, too late, or of a cluster's accounts", async () => {
    const { oidc } = shop.installation;
    expect((await identify(await oidc.token("officer"))).status).toBe(200);
    await unknown(await oidc.token("officer", { audience: "https://another.example" }));
    await unknown(await oidc.token("officer", { issuer: "https://another.example" }));
    await unknown(await oidc.token("officer", { expiresIn: -1 }));
    await unknown(await oidc.token(subjectOf(accounts.operator)));
  });

  it("gives the operator's account the vaults to manage, and a pod's account none of it", async () => {
    const path = routes.manageVault(shop.vault.uid);
    const status = (token: string) =>
      shop.installation.send({ serverName: installationHost, method: "GET", path, token });
    const operator = await shop.installation.cluster.accountToken(accounts.operator);
    expect((await status(operator)).body).toMatchObject({ name: "shop" });
    const { podToken } = shop;
    await refused(() => status(podToken), { code: "Forbidden", operation: "Manage" });
  });

  it("gives a ServiceAccount nothing on the plain routes that it may have by release only", async () => {
    const { podToken } = shop;
    const path = "/secrets/db-ungoverned?api-version=7.5";
    const get = () =>
      shop.installation.send({ serverName: hostOf("shop"), method: "GET", path, token: podToken });
    await refused(get, { code: "Forbidden", operation: "SecretGet", properties: { via: "api" } });
  });

  it("does not pass to an account that is made anew under the same name", async () => {
    const { cluster } = shop.installation;
    const role = { role: "Key Vault Secrets User" as const, scope: "secrets/db-*" };
    const principals = [{ serviceAccount: { name: accounts.stranger.name } }];
    const putRoles = async (...roleAssignments: (typeof role & { principals: object[] })[]) =>
      await shop.putVault({ spec: { roleAssignments } as Partial<SecretVaultSpec> });
    const read = async () => {
      const pod = await cluster.makePod("node-1", accounts.stranger);
      const answer = await shop.ask({ podToken: await cluster.podToken(pod) });
      const expected = { podUid: pod.uid, vaultUid: shop.vault.uid, session: shop.session };
      return (await openRelease(shop.installation, answer, expected))["db-password"];
    };
    await putRoles({ ...role, principals });
    expect(await read()).toBe("value of db-password");
    await cluster.replaceAccount(accounts.stranger);
    expect(await putRoles({ ...role, principals })).toMatchObject({
      replacedAccounts: [accounts.stranger.name],
    });
    expect(await read()).toBe("denied Forbidden");
    await putRoles();
    await putRoles({ ...role, principals });
    expect(await read()).toBe("value of db-password");
    await shop.putVault({});
  });

  it("ends with its pod, ten seconds after the API server knows it", async () => {
    const { cluster } = shop.installation;
    const pod = await cluster.makePod("node-1", accounts.app);
    const token = await cluster.podToken(pod);
    expect((await shop.ask({ podToken: token })).status).toBe(200);
    await cluster.deletePod(pod);
    // The API server remembers a good token for ten seconds of its own.
    while (await cluster.isGood(token)) {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await advance(cacheMs);
    await refused(() => shop.ask({ podToken: token }), { code: "TokenInvalid" });
  });

  it("is nobody's to say while the API server is away", async () => {
    const { gate } = shop.installation.cluster;
    const known = await freshToken();
    const unseen = await freshToken();
    expect((await identify(known)).status).toBe(200);
    gate.close();
    await advance(cacheMs);
    for (const token of [known, unseen]) {
      const answer = await refused(() => identify(token), { code: "ApiServerUnavailable" });
      expect(answer.headers["retry-after"]).toBe("1");
    }
    gate.open();
    expect((await identify(known)).status).toBe(200);
    expect((await identify(unseen)).status).toBe(200);
  });

  it("lasts for an attestation as long as its token says", async () => {
    const session = await shop.node.attest();
    const ask = () => shop.ask({ session, proven: { at: vaultTime() } });
    await advance(15 * minute - 10_000);
    expect((await ask()).status).toBe(200);
    await advance(20_000);
    await refused(ask, { code: "TargetExpired", operation: "SecretRelease" });
  });

  it("takes a nonce and an enrolment for five minutes", async () => {
    const { installation, node } = shop;
    const late = { operation: "NodeAttest", code: "NonceInvalid" } as const;
    const young = await nonceFor(installation, node.pluginToken);
    const old = await nonceFor(installation, node.pluginToken);
    const begun = await beginEnrolment(installation, node, node.pluginToken);
    const attest = async (nonce: string) =>
      await postEvidence(installation, node.pluginToken, await collectEvidence(node, { nonce }));
    await advance(5 * minute - 10_000);
    expect((await attest(young)).status).toBe(200);
    await advance(20_000);
    await refused(() => attest(old), late);
    await refused(() => post(installation, node.pluginToken, activatePath, begun), {
      ...{ code: "NonceInvalid", operation: "NodeEnrol" },
    });
  });

  it("ends with its token, of which the cluster is not asked any more", async () => {
    const { cluster } = shop.installation;
    const token = await freshToken();
    expect((await identify(token)).status).toBe(200);
    await advance(tokenLifetime * 1_000 - offset);
    const before = await cluster.reviews();
    await unknown(token);
    expect(await cluster.reviews()).toBe(before);
  });
});
