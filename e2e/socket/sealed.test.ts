// SPDX-License-Identifier: Apache-2.0
/** Values that were sealed for Git, at the vault's socket: opened for what they were made for, and for nothing else. */

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { type ExpectedRefusal, expectRefused } from "./fixtures/refusal.ts";
import { makeSealedFor, type SealedFor, seal } from "./fixtures/seal.ts";
import { traceOf } from "./fixtures/stored.ts";

const canary = "correct-horse-battery-staple-5e4d";

describe("a sealed value", () => {
  let installation: Installation;
  let shop: SealedFor;
  let other: SealedFor;

  beforeAll(async () => {
    installation = await startInstallation();
    shop = await makeSealedFor(installation, "shop");
    other = await makeSealedFor(installation, "other");
  }, 90_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const send = async (method: string, path: string, body?: object) =>
    await operatorCalls(installation).send(method, path, body);
  const ask = async (name: string, path: string, method = "GET") =>
    await installation.send({
      ...{ serverName: hostOf(name), method, path: `${path}?api-version=7.5` },
      token: await installation.oidc.token(administrator),
    });
  const refused = (act: Parameters<typeof expectRefused>[1], expected: ExpectedRefusal) =>
    expectRefused(installation.folders.storeFile, act, expected);
  const traced = <T>(act: () => Promise<T>) => traceOf(installation.folders.storeFile, act);
  const call = { epoch: 0, generation: 1, owner: { uid: "resource" } };
  const put = (name: string, sealed: string, vault = shop) =>
    send("PUT", routes.manageSecret(vault.uid, name), { ...call, sealed });
  const remove = (name: string) => send("DELETE", routes.manageSecret(shop.uid, name), call);
  const sealFor = (vault: SealedFor, name: string, serial: number, value = canary) =>
    seal(installation.folders.root, vault, { value, name, serial });
  const notForHere = { code: "SealedValueRefused", operation: "SecretSet" } as const;

  it("is opened in its vault, and is a secret like any other", async () => {
    const sealed = await sealFor(shop, "plain", 1);
    const { body } = await put("plain", sealed);
    expect(body).toMatchObject({ created: true });
    expect((await ask("shop", "/secrets/plain")).body.value).toBe(canary);
    const again = await traced(() => put("plain", sealed));
    expect([again.result.body, again.rows]).toEqual([{ ...body, created: false }, []]);
  });

  it("of bytes that are no text is not answered as another text", async () => {
    const bytes = Buffer.from("6d79ff00fe", "hex");
    const sealed = await seal(installation.folders.root, shop, {
      ...{ value: bytes, name: "bytes", serial: 1 },
    });
    expect((await put("bytes", sealed)).status).toBe(200);
    const { status, body } = await ask("shop", "/secrets/bytes");
    expect([status, body.error.message]).toEqual([400, "not UTF-8"]);
  });

  it("is sealed to a key of its vault, which is made once and shown to callers of the vault", async () => {
    const path = routes.manageSealingKey(shop.uid);
    const again = await traced(() => send("PUT", path, call));
    expect([again.result.body.sealingKey, again.rows]).toEqual([shop.sealingKey, []]);
    expect((await ask("shop", routes.vaultIdentity)).body.sealingKey).toEqual(shop.sealingKey);
    expect((await send("GET", routes.manageVault(shop.uid))).body.sealingKey).toEqual(
      shop.sealingKey,
    );
    expect(other.sealingKey.n).not.toBe(shop.sealingKey.n);
  });

  it("makes a new version with a higher serial, and never goes back to a lower one", async () => {
    const old = await sealFor(shop, "rising", 5, "old");
    const first = (await put("rising", old)).body.version;
    const { body } = await put("RISING", await sealFor(shop, "rising", 6, "new"));
    expect([body.created, body.version === first]).toEqual([false, false]);
    const older = { code: "SealedValueOlder", operation: "SecretSet" } as const;
    await refused(() => put("rising", old), older);
    await refused(async () => put("rising", await sealFor(shop, "rising", 6, "other")), older);
    expect((await ask("shop", "/secrets/rising")).body.value).toBe("new");
  });

  it("does not come back through a deletion and a purge, unless it is the last one", async () => {
    const [old, last] = [await sealFor(shop, "purged", 1, "old"), await sealFor(shop, "purged", 2)];
    await put("purged", old);
    await put("purged", last);
    await remove("purged");
    await refused(() => put("purged", last), {
      ...{ code: "ObjectIsDeletedButRecoverable", operation: "SecretSet" },
    });
    expect((await ask("shop", "/deletedsecrets/purged", "DELETE")).status).toBe(204);
    await refused(() => put("purged", old), { code: "SealedValueOlder", operation: "SecretSet" });
    expect((await put("purged", last)).body.created).toBe(true);
    expect((await ask("shop", "/secrets/purged")).body.value).toBe(canary);
  });

  it("is refused under another name, in another vault, and from another namespace", async () => {
    const sealed = await sealFor(shop, "mine", 1);
    const message = (act: () => ReturnType<typeof put>) =>
      refused(act, notForHere).then(({ body }) => body.error.message);
    const elsewhere = expect.stringContaining("another vault, namespace or name");
    expect(await message(() => put("yours", sealed))).toEqual(elsewhere);
    expect(await message(() => put("mine", sealed, other))).toEqual(elsewhere);
    const foreign = await sealFor({ ...shop, namespace: "team-b" }, "mine", 1);
    expect(await message(() => put("mine", foreign))).toEqual(elsewhere);
    const otherKey = await sealFor({ ...shop, sealingKey: other.sealingKey }, "mine", 1);
    expect(await message(() => put("mine", otherKey))).toContain("another key");
    expect((await ask("shop", "/secrets/mine")).status).toBe(404);
  });

  it("is refused when any part of it was changed", async () => {
    const sealed = await sealFor(shop, "changed", 3);
    const parts = sealed.split(".");
    const header = JSON.parse(Buffer.from(parts[0] ?? "", "base64url").toString());
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const flip = (index: number) =>
      parts.map((part, at) =>
        at === index ? `${part[0] === "A" ? "B" : "A"}${part.slice(1)}` : part,
      );
    const changes = [
      ...[1, 2, 3, 4].map(flip),
      [encode({ ...header, serial: 9 }), ...parts.slice(1)],
      [encode({ ...header, extra: true }), ...parts.slice(1)],
      [encode({ ...header, alg: "dir" }), ...parts.slice(1)],
      [encode({ ...header, zip: "DEF" }), ...parts.slice(1)],
      [parts[0], "AAAA", ...parts.slice(2)],
      [...parts.slice(0, 4), "AAAA"],
    ];
    for (const change of changes) {
      await refused(() => put("changed", change.join(".")), notForHere);
    }
    expect((await put("changed", sealed)).body.created).toBe(true);
  });

  it("is in clear in neither log, store nor audit", async () => {
    await put("quiet", await sealFor(shop, "quiet", 1));
    const stored = await readFile(installation.folders.storeFile);
    for (const text of [canary, Buffer.from(canary).toString("base64").slice(0, -2)]) {
      expect(stored.includes(text)).toBe(false);
      expect(installation.vault.output()).not.toContain(text);
    }
  });
});
