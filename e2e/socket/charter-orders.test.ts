// SPDX-License-Identifier: Apache-2.0
/** What takes an order of the charter's signers: to purge, to recover, to let go of what a policy governed. And charters that signers bring themselves. */

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { charterRoles, makeSigner, signersOf, signStatement } from "./fixtures/charter.ts";
import { type Installation, startInstallation, vaultBody } from "./fixtures/installation.ts";
import { hostOf, installationHost, issuer } from "./fixtures/names.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { policyFor } from "./fixtures/releasing-vault.ts";
import { strongroom } from "./fixtures/strongroom.ts";

const inHours = (hours: number) => Math.floor(Date.now() / 1_000) + hours * 3_600;

describe("a vault with a charter", () => {
  const [anna, bert] = [makeSigner(), makeSigner()];
  let installation: Installation;
  let uid: string;

  const contentOf = (vault: string, serial: number, change: object = {}) => ({
    ...{ version: 1, vault, serial, expires: inHours(24 * 90), onExpiry: "hold" },
    signers: signersOf(2, [anna, bert]),
    authorities: [{ name: "machines", issuer, roots: ["ab".repeat(32)], classes: ["hardware"] }],
    ...{ policies: [], roles: charterRoles(installation.oidc), ...change },
  });
  const specOf = (change: object = {}) =>
    ({ roleAssignments: charterRoles(installation.oidc), ...change }) as never;

  beforeAll(async () => {
    installation = await startInstallation();
    ({ uid } = await installation.putVault({ name: "shop", spec: specOf() }));
    const charter = signStatement(contentOf(uid, 1), [anna, bert]);
    await installation.putVault({ name: "shop", uid, spec: specOf({ charter }) });
  }, 240_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const call = async (method: string, path: string, body?: object, name = "shop") =>
    await installation.send({
      ...{ serverName: hostOf(name), method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });
  const make = async (name: string) =>
    (await call("PUT", `/secrets/${name}`, { value: "v" })).body.id.split("/").at(-1);
  const orderOf = (action: string, object: string, change: object = {}) => ({
    ...{ version: 1, vault: uid, id: randomUUID(), action, object, expires: inHours(1) },
    ...change,
  });
  const bring = async (path: string, statement: object) =>
    await installation.send({
      ...{ serverName: installationHost, method: "POST", path, body: statement },
      token: await installation.oidc.token("nobody-in-particular"),
    });
  const hand = (order: object, by = [anna, bert]) => bring(routes.orders, signStatement(order, by));
  const refuses = (order: object, by?: Parameters<typeof hand>[1]) =>
    expectRefused(installation.folders.storeFile, () => hand(order, by), {
      ...{ code: "CharterRefused", operation: "OrderPut" },
    });
  const lacksOrder = (operation: string, act: () => ReturnType<typeof call>) =>
    expectRefused(installation.folders.storeFile, act, { code: "OrderRequired", operation });

  it("says in its status which charter it has", async () => {
    const { body } = await operatorCalls(installation).send("GET", routes.manageVault(uid));
    expect(body.charter).toMatchObject({
      ...{ serial: 1, onExpiry: "hold", threshold: 2 },
      signers: [expect.any(String), expect.any(String)],
      warnings: ["the charter governs no object: it only says which machines releases are for"],
    });
  });

  it("purges an object by order alone, and once for each", async () => {
    for (const _round of ["first", "second"]) {
      await make("gone");
      await call("DELETE", "/secrets/gone");
      await lacksOrder("SecretPurge", () => call("DELETE", "/deletedsecrets/gone"));
      expect((await hand(orderOf("purge", "secrets/GONE"))).body).toMatchObject({
        ...{ vault: uid, action: "purge", object: "secrets/GONE" },
      });
      expect((await call("DELETE", "/deletedsecrets/gone")).status).toBe(204);
    }
  });

  it("recovers an object by order alone, and one for another act is none", async () => {
    await make("back");
    await call("DELETE", "/secrets/back");
    const recover = () => call("POST", "/deletedsecrets/back/recover");
    await hand(orderOf("purge", "secrets/back"));
    await hand(orderOf("recover", "secrets/other"));
    await lacksOrder("SecretRecover", recover);
    await hand(orderOf("recover", "secrets/back"));
    expect((await recover()).status).toBe(200);
    expect((await call("GET", "/secrets/back")).body.value).toBe("v");
  });

  it("recovers and purges a single version by an order for that version", async () => {
    const version = await make("many");
    await make("many");
    const live = `/strongroom/v1/secrets/many/versions/${version}`;
    const deleted = `/strongroom/v1/deletedversions/secrets/many/${version}`;
    const object = `secrets/many/${version}`;
    await call("DELETE", live);
    await lacksOrder("SecretVersionRecover", () => call("POST", `${deleted}/recover`));
    await hand(orderOf("recover", object));
    expect((await call("POST", `${deleted}/recover`)).status).toBe(200);
    await call("DELETE", live);
    await lacksOrder("SecretVersionPurge", () => call("DELETE", deleted));
    await hand(orderOf("purge", object));
    expect((await call("DELETE", deleted)).status).toBe(204);
  });

  it("restores a backup by an order to recover", async () => {
    await make("kept");
    const { value } = (await call("POST", "/secrets/kept/backup")).body;
    await call("DELETE", "/secrets/kept");
    await hand(orderOf("purge", "secrets/kept"));
    expect((await call("DELETE", "/deletedsecrets/kept")).status).toBe(204);
    await lacksOrder("SecretRestore", () => call("POST", "/secrets/restore", { value }));
    await hand(orderOf("recover", "secrets/kept"));
    expect((await call("POST", "/secrets/restore", { value })).status).toBe(200);
  });

  it("lets go of what a policy governed by an order, once the policy has", async () => {
    await make("held");
    const resource = { epoch: 0, generation: 1, owner: { uid: "policy" } };
    const policy = {
      ...{ ...resource, immutable: false, policy: policyFor({ claim: "a", equals: 1 }) },
      selector: { kinds: ["secrets" as const], names: ["held"] },
    };
    await installation.manage((client) => client.putPolicy(uid, "p", policy));
    const ungovern = orderOf("ungovern", "secrets/held", { policy: "p" });
    expect((await hand(ungovern)).body.error.innererror.code).toBe("Conflict");
    await installation.manage((client) => client.deletePolicy(uid, "p", resource));
    const read = () => call("GET", "/secrets/held");
    expect((await read()).body.error.innererror.code).toBe("ReleaseRequired");
    await refuses(ungovern, [anna]);
    expect((await hand(ungovern)).status).toBe(200);
    expect((await read()).body.value).toBe("v");
    const again = { ...ungovern, id: randomUUID() };
    expect((await hand(again)).status).toBe(404);
  });

  it("refuses orders of too few, of another vault, expired, too long, and handed in before", async () => {
    const order = orderOf("purge", "secrets/x");
    await refuses(order, [anna, makeSigner()]);
    await refuses({ ...order, expires: inHours(-1) });
    await refuses({ ...order, expires: inHours(24 * 31) });
    expect((await hand(order)).status).toBe(200);
    await refuses(order);
    const other = await installation.putVault({ name: "plain", spec: specOf() });
    expect((await hand({ ...order, vault: other.uid })).status).toBe(404);
    const charter = signStatement(contentOf(uid, 9), [anna, bert]);
    expect((await bring(routes.orders, charter)).status).toBe(400);
  });

  it("takes the next charter from its signers, whoever brings it, and a first one from nobody else than its resource", async () => {
    const next = signStatement(contentOf(uid, 2), [anna, bert]);
    const file = join(installation.folders.root, "charter.json");
    const tokenFile = join(installation.folders.root, "anybody");
    await writeFile(file, JSON.stringify(next));
    await writeFile(tokenFile, await installation.oidc.token("anybody"));
    const submit = await strongroom([
      ...["charter", "submit", file, "--url", `https://${installationHost}`],
      ...["--connect", `127.0.0.1:${installation.vault.port}`],
      ...["--ca", installation.folders.caFile, "--token-file", tokenFile],
    ]);
    expect(submit).toMatchObject({ code: 0 });
    expect(submit.stderr).toContain(`vault ${uid} has charter 2`);
    expect((await bring(routes.charters, next)).body).toMatchObject({ serial: 2, isNew: false });
    const unsigned = signStatement(contentOf(uid, 3), [anna]);
    await expectRefused(installation.folders.storeFile, () => bring(routes.charters, unsigned), {
      code: "CharterRefused",
      operation: "CharterPut",
    });
    const { uid: plain } = await installation.putVault({ name: "none", spec: specOf() });
    const first = signStatement(contentOf(plain, 1), [anna, bert]);
    expect((await bring(routes.charters, first)).status).toBe(404);
  });

  it("is recovered as a whole by an order, to whatever resource may have it", async () => {
    await make("survivor");
    const owner = { epoch: 0, generation: 1, owner: { uid } };
    await operatorCalls(installation).send("DELETE", routes.manageVault(uid), owner);
    const recovering = vaultBody(uid, { name: "shop", spec: specOf({ recover: uid }) });
    const put = () =>
      operatorCalls(installation).send("PUT", routes.manageVault(uid), {
        ...{ ...recovering, owner: { uid: "second" } },
      });
    await expectRefused(installation.folders.storeFile, put, {
      ...{ code: "OrderRequired", operation: "VaultPut" },
    });
    expect((await hand(orderOf("recover", "vault"))).status).toBe(200);
    expect((await put()).body.charter).toMatchObject({ serial: 2 });
    expect((await call("GET", "/secrets/survivor")).body.value).toBe("v");
  });
});
