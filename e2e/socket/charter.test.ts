// SPDX-License-Identifier: Apache-2.0
/** The table of edits: what each edit of resources comes to in a vault with a charter, and what a signed one does. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { charterSchema, readStatement, routes, type Statement } from "@strongroom/api";
import { charterRoles, makeSigner, signersOf, signStatement } from "./fixtures/charter.ts";
import {
  type CharteredShop,
  denied,
  granted,
  inDays,
  onNode,
  openCharteredShop,
} from "./fixtures/chartered-shop.ts";
import { hostOf } from "./fixtures/names.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { admitsSoftware, type Shop } from "./fixtures/shop.ts";

const serialOf = (charter: Statement) => readStatement(charter, charterSchema).serial;

describe("a vault with a charter", () => {
  let chartered: CharteredShop;
  let shop: Shop;

  beforeAll(async () => {
    chartered = await openCharteredShop({ tpms: 1 });
    ({ shop } = chartered);
  }, 240_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const by = (...which: readonly (0 | 1 | 2)[]) => which.map((one) => chartered.signers[one]);
  const governing: CharteredShop["governing"] = (...args) => chartered.governing(...args);
  const next: CharteredShop["next"] = (change) => chartered.next(change);
  const bring: CharteredShop["bring"] = (charter) => chartered.bring(charter);
  const sign: CharteredShop["sign"] = (...args) => chartered.sign(...args);
  const refuses: CharteredShop["refuses"] = (charter) => chartered.refuses(charter);
  const get: CharteredShop["get"] = (name) => chartered.get(name);

  it("takes none that is another vault's, that too few have signed, that has expired or is no charter", async () => {
    await refuses(signStatement(next({ vault: "another" }), by(0, 1)));
    await refuses(signStatement(next(), by(0)));
    await refuses(signStatement(next({ expires: inDays(-1) }), by(0, 1)));
    await refuses(signStatement(next({ unknown: 1 }), by(0, 1)));
    expect(await shop.open()).toEqual(granted);
    expect(await get("db-ungoverned")).toBe(200);
  });

  it("pins the first that enough of its own signers have signed, and releases where both allow", async () => {
    await sign();
    expect(await shop.open()).toEqual(granted);
    expect((await bring(chartered.current())).status).toBe(200);
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
  });

  it("edit of a signer: only those before may name others, and then they are none", async () => {
    const [dora, emil] = [makeSigner(), makeSigner()];
    const signers = signersOf(2, [dora, emil]);
    await refuses(signStatement(next({ signers }), [dora, emil]));
    await refuses(signStatement(next({ signers }), [...by(0), dora, emil]));
    await sign({ signers }, by(0, 2));
    await refuses(signStatement(next(), by(0, 1, 2)));
    await sign({}, [dora, emil]);
    expect(await shop.open()).toEqual(granted);
  });

  it("refuses a charter from before, and one of the same serial", async () => {
    const older = chartered.current();
    await sign({ policies: [governing(onNode("node-2"))] });
    await refuses(older);
    await refuses(signStatement({ ...next(), serial: serialOf(chartered.current()) }, by(0, 1)));
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
