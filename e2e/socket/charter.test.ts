// SPDX-License-Identifier: Apache-2.0
/** The table of edits: what each edit of resources comes to in a vault with a charter, and what a signed one does. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes, type Statement } from "@strongroom/api";
import { decodeJwt } from "jose";
import {
  charterRoles,
  makeSigner,
  ownPolicy,
  signersOf,
  signStatement,
} from "./fixtures/charter.ts";
import { vaultBody } from "./fixtures/installation.ts";
import { accounts, hostOf, issuer } from "./fixtures/names.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { admitsSoftware, openShop, type Shop } from "./fixtures/shop.ts";

const inDays = (days: number) => Math.floor(Date.now() / 1_000) + days * 86_400;
const onNode = (name: string) => ({ claim: "x-strongroom-node-name", equals: name });
const granted = { "db-password": "value of db-password" };
const denied = { "db-password": "denied PolicyDenied" };

describe("a vault with a charter", () => {
  const [anna, bert, cleo] = [makeSigner(), makeSigner(), makeSigner()];
  let shop: Shop;
  let serial = 0;
  let current: Statement;
  let root: string;

  beforeAll(async () => {
    shop = await openShop();
    root = String(decodeJwt(shop.session.token)["x-strongroom-root"]);
  }, 240_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const machines = (change: object = {}) => ({
    ...{ name: "machines", issuer, roots: [root], classes: ["software"], ...change },
  });
  const governing = (condition: object, names = ["db-*"]) => ({
    ...{ name: "signed", selector: { kinds: ["secrets"], names } },
    policy: ownPolicy(condition),
  });
  /** The next charter's content. */
  const next = (change: object = {}) => ({
    ...{ version: 1, vault: shop.vault.uid, serial: serial + 1 },
    ...{ expires: inDays(90), onExpiry: "hold", signers: signersOf(2, [anna, bert, cleo]) },
    ...{ authorities: [machines()], policies: [governing(onNode("node-1"))] },
    ...{ roles: charterRoles(shop.installation.oidc) },
    ...change,
  });
  const bring = (charter: Statement) => {
    const { uid, name } = shop.vault;
    const { oidc } = shop.installation;
    const roleAssignments = charterRoles(oidc);
    const body = vaultBody(uid, { name, spec: { charter, roleAssignments } as never });
    return operatorCalls(shop.installation).send("PUT", routes.manageVault(uid), body);
  };
  /** Has a signed change taken. */
  const sign = async (change: object = {}, by = [anna, bert]) => {
    current = signStatement(next(change), by);
    expect((await bring(current)).status).toBe(200);
    serial += 1;
  };
  const refuses = async (charter: Statement) =>
    await expectRefused(shop.installation.folders.storeFile, () => bring(charter), {
      ...{ code: "CharterRefused", operation: "VaultPut" },
    });
  const get = async (name: string) => {
    const { status, body } = await shop.api("GET", `/secrets/${name}`);
    return body?.error?.innererror?.code ?? status;
  };

  it("takes none that is another vault's, that too few have signed, that has expired or is no charter", async () => {
    await refuses(signStatement(next({ vault: "another" }), [anna, bert]));
    await refuses(signStatement(next(), [anna]));
    await refuses(signStatement(next({ expires: inDays(-1) }), [anna, bert]));
    await refuses(signStatement(next({ unknown: 1 }), [anna, bert]));
    expect(await shop.open()).toEqual(granted);
    expect(await get("db-ungoverned")).toBe(200);
  });

  it("pins the first that enough of its own signers have signed, and releases where both allow", async () => {
    await sign();
    expect(await shop.open()).toEqual(granted);
    expect((await bring(current)).status).toBe(200);
  });

  it("edit of a policy: a resource that loosens it changes nothing, one that tightens it denies", async () => {
    await sign({ policies: [governing(onNode("node-2"))] });
    await shop.putPolicy("local", ["db-password"], { conditions: [admitsSoftware] });
    expect(await shop.open()).toEqual(denied);
    await sign();
    await shop.putPolicy("local", ["db-password"], {
      conditions: [admitsSoftware, onNode("node-2")],
    });
    expect(await shop.open()).toEqual(denied);
    await shop.putPolicy("local", ["db-password"], { conditions: [admitsSoftware] });
    expect(await shop.open()).toEqual(granted);
  });

  it("edit of a selector: what the charter selects is governed whatever resources select", async () => {
    expect(await get("db-ungoverned")).toBe("ReleaseRequired");
    expect(await get("api-key")).toBe(200);
    await sign({ policies: [governing(onNode("node-1"), ["db-password"])] });
    expect(await get("db-ungoverned")).toBe(200);
    await shop.putPolicy("more", ["db-ungoverned"], { conditions: [admitsSoftware] });
    expect(await get("db-ungoverned")).toBe("ReleaseRequired");
    await sign();
  });

  it("edit of a role: a resource that gives one gives nothing, one that takes one takes it", async () => {
    const { oidc } = shop.installation;
    const principals = [{ oidc: { issuer: oidc.issuer, subject: "newcomer" } }];
    const newcomer = ["Key Vault Administrator", "Key Vault Data Access Administrator"].map(
      (role) => ({ role, scope: "*", principals }),
    );
    const widened = [...charterRoles(oidc), ...newcomer] as never[];
    const roles = charterRoles(oidc) as never[];
    const asNewcomer = async (method: string, path: string, body?: object) =>
      await shop.installation.send({
        ...{ serverName: hostOf(shop.vault.name), method, path: `${path}?api-version=7.5`, body },
        token: await oidc.token("newcomer"),
      });
    await shop.putVault({ spec: { roleAssignments: widened } });
    expect((await asNewcomer("GET", "/secrets/api-key")).status).toBe(403);
    expect((await asNewcomer("GET", "/secrets")).status).toBe(403);
    expect((await asNewcomer("PUT", "/secrets/made", { value: "v" })).status).toBe(403);
    const assignments = "/providers/Microsoft.Authorization/roleAssignments";
    expect((await asNewcomer("GET", assignments)).status).toBe(403);
    await sign({ roles: widened });
    await shop.putVault({ spec: { roleAssignments: widened } });
    expect((await asNewcomer("GET", "/secrets/api-key")).status).toBe(200);
    expect((await asNewcomer("GET", assignments)).status).toBe(200);
    await shop.putVault({ spec: { roleAssignments: roles } });
    expect((await asNewcomer("GET", "/secrets/api-key")).status).toBe(403);
  });

  it("edit of a role: the application's is needed on both sides", async () => {
    const { oidc } = shop.installation;
    await sign({ roles: charterRoles(oidc).slice(1) });
    expect(await shop.open()).toEqual({ "db-password": "denied Forbidden" });
    await sign();
    const byRelease = charterRoles(oidc) as never[];
    await shop.putVault({ spec: { roleAssignments: byRelease.slice(1) } });
    expect(await shop.open()).toEqual({ "db-password": "denied Forbidden" });
    await shop.putVault({ spec: { roleAssignments: byRelease } });
    expect(await shop.open()).toEqual(granted);
    expect(accounts.app.name).toBe("app");
  });

  it("edit of a signer: only those before may name others, and then they are none", async () => {
    const [dora, emil] = [makeSigner(), makeSigner()];
    const signers = signersOf(2, [dora, emil]);
    await refuses(signStatement(next({ signers }), [dora, emil]));
    await refuses(signStatement(next({ signers }), [anna, dora, emil]));
    await sign({ signers }, [anna, cleo]);
    await refuses(signStatement(next(), [anna, bert, cleo]));
    await sign({}, [dora, emil]);
    expect(await shop.open()).toEqual(granted);
  });

  it("edit of an authority's root, class or issuer: what machines of another root say is denied", async () => {
    for (const change of [
      { roots: ["00".repeat(32)] },
      { classes: ["hardware"] },
      { issuer: "https://elsewhere.test" },
      { tiers: ["tee"] },
      { enrolments: ["Listed"] },
    ]) {
      await sign({ authorities: [machines(change)] });
      expect(await shop.open()).toEqual(denied);
    }
    await sign({ authorities: [machines({ tiers: ["tpm"], enrolments: ["FirstUse"] })] });
    expect(await shop.open()).toEqual(granted);
  });

  it("edit of a reference value or a floor: denied where the claim is another, or less", async () => {
    const node = "x-strongroom-node-name";
    for (const [change, outcome] of [
      [{ references: { [node]: ["node-2"] } }, denied],
      [{ references: { [node]: ["node-2", "node-1"] } }, granted],
      [{ floors: { iat: inDays(1) } }, denied],
      [{ floors: { iat: inDays(-1) } }, granted],
    ] as const) {
      await sign({ authorities: [machines(change)] });
      expect(await shop.open()).toEqual(outcome);
    }
  });

  it("refuses a charter from before, and one of the same serial", async () => {
    const older = current;
    await sign({ policies: [governing(onNode("node-2"))] });
    await refuses(older);
    await refuses(signStatement({ ...next(), serial }, [anna, bert]));
    expect(await shop.open()).toEqual(denied);
    await sign();
  });

  it("keeps it when the resource has none any more, and through a restart", async () => {
    await sign({ policies: [governing(onNode("node-2"))] });
    await shop.putVault({});
    expect(await shop.open()).toEqual(denied);
    const { vault } = shop.installation;
    await vault.stop("SIGKILL");
    await vault.start();
    expect(await shop.open()).toEqual(denied);
    await sign();
    expect(await shop.open()).toEqual(granted);
  }, 120_000);

  it("backs nothing up for another vault", async () => {
    const { value } = (await shop.api("POST", "/secrets/api-key/backup")).body;
    const roleAssignments = charterRoles(shop.installation.oidc) as never[];
    await shop.installation.putVault({ name: "elsewhere", spec: { roleAssignments } });
    const restored = await shop.installation.send({
      ...{ serverName: hostOf("elsewhere"), method: "POST", body: { value } },
      path: "/secrets/restore?api-version=7.4",
      token: await shop.installation.oidc.token("officer"),
    });
    expect(restored.status).toBe(403);
  });

  it("denies everything once it has expired, if it says so, and holds if it says that", async () => {
    const soon = () => Math.floor(Date.now() / 1_000) + 8;
    const until = async (second: number) =>
      await new Promise((resolve) => setTimeout(resolve, second * 1_000 + 200 - Date.now()));
    const holds = soon();
    await sign({ expires: holds });
    await until(holds);
    expect(await shop.open()).toEqual(granted);
    const denies = soon();
    await sign({ expires: denies, onExpiry: "deny" });
    expect(await get("api-key")).toBe(200);
    await until(denies);
    expect(await get("api-key")).toBe("Forbidden");
    expect(await shop.open()).toEqual({ "db-password": "denied Forbidden" });
    await sign({ roles: undefined });
    expect(await shop.open()).toEqual(granted);
  });

  it("recreated under its name is another vault, without charter and without values", async () => {
    const { uid, name } = shop.vault;
    const call = { epoch: 0, generation: 1, owner: { uid } };
    await operatorCalls(shop.installation).send("DELETE", routes.manageVault(uid), call);
    const roleAssignments = charterRoles(shop.installation.oidc) as never[];
    const made = await shop.installation.putVault({ name, spec: { roleAssignments } });
    expect(made.uid).not.toBe(uid);
    expect(await get("api-key")).toBe("NotFound");
    const vault = { name, uid: made.uid };
    expect((await shop.ask({ vault })).body.items).toEqual([{}]);
  });
});
