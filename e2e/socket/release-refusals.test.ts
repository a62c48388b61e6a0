// SPDX-License-Identifier: Apache-2.0
/** What a release refuses as a whole: tokens of others, attestation tokens and proofs that are not what they say. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { makeMachine } from "./fixtures/machine.ts";
import { accounts, hostOf, issuer, tenant } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { openShop, type Shop } from "./fixtures/shop.ts";

describe("a release that is not the pod's own", () => {
  let shop: Shop;
  const granted = { "db-password": "value of db-password" };

  beforeAll(async () => {
    shop = await openShop({ tpms: 2 });
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  it("takes no token of a pod on another node, and none that is bound to no pod", async () => {
    const { cluster } = shop.installation;
    await cluster.makeNode("node-2");
    const elsewhere = await cluster.makePod("node-2", accounts.app);
    await shop.refused({ podToken: await cluster.podToken(elsewhere) }, "NodeMismatch");
    await shop.refused({ podToken: await cluster.accountToken(accounts.app) }, "NodeMismatch");
    const person = await shop.installation.oidc.token("officer");
    await shop.refused({ podToken: person }, "NodeMismatch");
  });

  it("takes no node for attested because one of its name was", async () => {
    const { cluster } = shop.installation;
    const podToken = async () =>
      await cluster.podToken(await cluster.makePod("node-3", accounts.app));
    const session = await (await makeMachine(shop.installation, "node-3", 1)).attest();
    expect((await shop.ask({ session, podToken: await podToken() })).status).toBe(200);
    await cluster.deleteNode("node-3");
    await cluster.makeNode("node-3");
    await shop.refused({ session, podToken: await podToken() }, "NodeMismatch");
  });

  it("takes no attestation token but its own, whole", async () => {
    const { session, podToken } = shop;
    const [header, payload, signature] = session.token.split(".");
    const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
    const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const better = encode({ ...claims, "x-strongroom-class": "hardware" });
    await shop.refused({ target: `${header}.${better}.${signature}` }, "TargetInvalid");
    const none = encode({ alg: "none", typ: "JWT" });
    await shop.refused({ target: `${none}.${payload}.` }, "TargetInvalid");
    const own = await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", typ: "JWT", jwk: session.keys.verify.jwk as never })
      .sign(session.keys.verify.privateKey);
    await shop.refused({ target: own }, "TargetInvalid");
    await shop.refused({ target: podToken }, "TargetInvalid");
  });

  it("takes no proof that is missing or for something else", async () => {
    const { session, node } = shop;
    await shop.refused({ change: () => ({ proof: undefined }) }, "ProofInvalid");
    const body = (text: string) => text.replace("db-password", "db-ungoverned");
    await shop.refused({ change: (sent) => ({ body: body(sent.body) }) }, "ProofInvalid");
    const spaced = (text: string) => `${text} `;
    await shop.refused({ change: (sent) => ({ body: spaced(sent.body) }) }, "ProofInvalid");
    await shop.refused({ proven: { vaultUid: "another-vault" } }, "ProofInvalid");
    for (const seconds of [-120, 120]) {
      const at = new Date(Date.now() + seconds * 1_000);
      await shop.refused({ proven: { at } }, "ProofInvalid");
    }
    const other = await node.attest();
    await shop.refused({ session: { ...session, keys: other.keys } }, "ProofInvalid");
    await shop.refused({ target: other.token }, "ProofInvalid");
  });

  it("takes no proof for another path or another pod's token", async () => {
    const { cluster } = shop.installation;
    const captured: string[] = [];
    const steal = {
      change: (sent: { proof: string | undefined }) => {
        captured.push(sent.proof ?? "");
        return { proof: undefined };
      },
    };
    await shop.refused(steal, "ProofInvalid");
    const neighbour = await cluster.podToken(await cluster.makePod("node-1", accounts.app));
    const replay = { podToken: neighbour, change: () => ({ proof: captured[0] }) };
    await shop.refused(replay, "ProofInvalid");
    await shop.refused({ provenPath: "/strongroom/v1/vault" }, "ProofInvalid");
  });

  it("takes a proof once, and remembers that through a restart", async () => {
    const proven = { jti: "0123456789abcdef-once" };
    expect(await shop.open({ proven })).toEqual(granted);
    await shop.refused({ proven }, "ProofReplayed");
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await shop.installation.vault.stop(signal);
      await shop.installation.vault.start();
      expect(await shop.open()).toEqual(granted);
      await shop.refused({ proven }, "ProofReplayed");
    }
  });

  it("spends no proof on a release that it refuses", async () => {
    const proven = { jti: "fedcba9876543210-kept" };
    await shop.refused({ proven, target: shop.podToken }, "TargetInvalid");
    expect(await shop.open({ proven })).toEqual(granted);
  });

  it("goes to the vault that was asked, and no other answers", async () => {
    const { installation, podToken } = shop;
    const list = { method: "GET", path: "/secrets?api-version=7.5", token: podToken };
    await expectRefused(
      installation.folders.storeFile,
      () => installation.send({ ...list, serverName: hostOf("shop"), host: hostOf("other") }),
      { code: "Misdirected" },
    );
    for (const serverName of [hostOf("other"), `shop.${tenant}.svc.example`, "shop"]) {
      await expect(installation.send({ ...list, serverName })).rejects.toThrow();
    }
    const { host } = new URL(issuer);
    const release = { method: "POST", path: "/strongroom/v1/release", body: {}, token: podToken };
    await expectRefused(
      installation.folders.storeFile,
      () => installation.send({ ...release, serverName: host }),
      { code: "NotFound" },
    );
  });
});
