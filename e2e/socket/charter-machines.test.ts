// SPDX-License-Identifier: Apache-2.0
/** The table of edits, of what a charter says about machines and of its own end. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ownPolicy } from "./fixtures/charter.ts";
import {
  type CharteredShop,
  denied,
  granted,
  inDays,
  openCharteredShop,
  rootOf,
} from "./fixtures/chartered-shop.ts";
import { makeMachine } from "./fixtures/machine.ts";
import { accounts } from "./fixtures/names.ts";
import { openRelease } from "./fixtures/releasing.ts";
import type { Shop } from "./fixtures/shop.ts";

describe("a vault with a charter", () => {
  let chartered: CharteredShop;
  let shop: Shop;

  beforeAll(async () => {
    chartered = await openCharteredShop({ tpms: 2 });
    ({ shop } = chartered);
  }, 240_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const machines: CharteredShop["machines"] = (change) => chartered.machines(change);
  const governing: CharteredShop["governing"] = (...args) => chartered.governing(...args);
  const sign: CharteredShop["sign"] = (...args) => chartered.sign(...args);

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

  it("edit of an authority's root: who is trusted besides is attested, and gets nothing", async () => {
    const { installation, vault } = shop;
    const second = await makeMachine(installation, "node-2", 1);
    const session = await second.attest();
    const pod = await installation.cluster.makePod("node-2", accounts.app);
    const podToken = await installation.cluster.podToken(pod);
    const open = async () => {
      const answer = await shop.ask({ session, podToken });
      const expected = { podUid: pod.uid, vaultUid: vault.uid, session };
      return await openRelease(installation, answer, expected);
    };
    const anywhere = { claim: "x-strongroom-node-name", startsWith: "node-" };
    const policy = { ...ownPolicy(anywhere), version: "1.0.0+strongroom.1" };
    const policies = [{ ...governing({}), policy }];
    await sign({ policies });
    expect([await shop.open(), await open()]).toEqual([granted, denied]);
    const roots = [rootOf(shop.session), rootOf(session)];
    await sign({ policies, authorities: [machines({ roots })] });
    expect([await shop.open(), await open()]).toEqual([granted, granted]);
    await sign();
  }, 60_000);

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
    expect(await chartered.get("api-key")).toBe(200);
    await until(denies);
    expect(await chartered.get("api-key")).toBe("Forbidden");
    expect(await shop.open()).toEqual({ "db-password": "denied Forbidden" });
    await sign({ roles: undefined });
    expect(await shop.open()).toEqual(granted);
  });
});
