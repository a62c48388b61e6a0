// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { StrongroomError, silentLog, systemClock } from "@strongroom/core";
import { secretType } from "../secrets/secret-type.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import {
  daysLater,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "./__fixtures__/object-store.ts";
import { deleteObject, recoverObject } from "./delete-object.ts";
import { deleteVersion, recoverVersion } from "./delete-version.ts";
import { purgeBatch } from "./limits.ts";
import { beginPurge } from "./purge-object.ts";
import { sweepOnce } from "./purge-sweep.ts";
import { findVersion, readObject } from "./read-object.ts";

const vault = testVault;
const erased = { erased: true };

describe("the life of an object", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const remove = (name: string) =>
    store.act((tx) => deleteObject(tx, secretType, { vault, name, at: start }));
  const purge = (name: string) =>
    store.act((tx) => beginPurge(tx, secretType, { vault, name, at: start }));
  const find = (name: string, version?: string) =>
    store.act((tx) => findVersion(tx, vault, secretType, { name, version }));
  const sweep = async (at: Date, ledger = store.ledger) => {
    const directory = { all: () => [vault] } as unknown as VaultDirectory;
    const clock = { ...systemClock, now: () => at };
    const deps = { ledger, directory, types: [secretType], clock, log: silentLog };
    await sweepOnce(deps, new AbortController().signal);
  };

  it("keeps everything of a deleted object for its retention, and gives it back as it was", async () => {
    const version = await store.set("A", "value");
    const { deletion } = await remove("a");
    expect(deletion.purgeAt - deletion.at).toBe(7 * 86_400);
    await expect(find("a")).rejects.toMatchObject({ code: "NotFound" });
    await expect(store.set("a", "other")).rejects.toMatchObject({
      code: "ObjectIsDeletedButRecoverable",
    });
    await sweep(daysLater(6));
    await store.act((tx) => recoverObject(tx, secretType, { vault, name: "A" }));
    expect((await find("a")).version.version).toBe(version);
  });

  it("purges what its retention has ended for, and leaves an empty record of each version", async () => {
    await store.set("a", "one");
    await store.set("a", "two");
    await store.set("kept", "value");
    await remove("a");
    await sweep(daysLater(8));
    expect(await store.versions("a")).toEqual([erased, erased]);
    expect(await store.object("a")).toMatchObject({ deleted: null, count: 0, current: "" });
    const prefix = { scope: vault.uid, id: `version/secrets/a/` };
    for (const { id } of await store.ledger.list(vault.uid, prefix.id, { limit: 10 })) {
      expect(await store.ledger.readValue({ scope: vault.uid, id })).toBeUndefined();
    }
    await find("kept");
    await expect(
      store.act((tx) => recoverObject(tx, secretType, { vault, name: "a" })),
    ).rejects.toMatchObject({ code: "NotFound" });
  });

  it("makes a new object under a purged name, with nothing of the old one but what governs it", async () => {
    await store.govern("policy", "a");
    const old = await store.set("a", "one");
    await remove("a");
    await purge("a");
    await store.govern("policy", "a", true);
    const version = await store.set("A", "new");
    const found = await find("a");
    expect(found.object).toMatchObject({
      ...{ name: "A", count: 1, current: version, governed: ["policy"], purged: null },
    });
    await expect(find("a", old)).rejects.toMatchObject({ code: "NotFound" });
  });

  it("is governed by a policy that came while it was deleted, once it is recovered", async () => {
    await store.set("a", "one");
    await remove("a");
    await store.govern("late", "a");
    await store.act((tx) => recoverObject(tx, secretType, { vault, name: "a" }));
    expect((await find("a")).object.governed).toEqual(["late"]);
  });

  it("takes up a purge of very many versions where a kill has stopped it", async () => {
    const count = purgeBatch + 50;
    for (let i = 0; i < count; i += 1) {
      await store.set("many", `value ${i}`);
    }
    await remove("many");
    expect(await purge("many")).toBe(false);
    const isErased = (body: unknown) => JSON.stringify(body) === JSON.stringify(erased);
    expect((await store.versions("many")).filter(isErased)).toHaveLength(purgeBatch);
    await expect(store.set("many", "new")).rejects.toMatchObject({ code: "ObjectIsBeingDeleted" });
    await expect(
      store.act((tx) => recoverObject(tx, secretType, { vault, name: "many" })),
    ).rejects.toMatchObject({ code: "ObjectIsBeingDeleted" });

    store = await store.restart();
    await sweep(start);
    expect((await store.versions("many")).filter(isErased)).toHaveLength(count);
    await store.set("many", "new");
    const object = await store.act((tx) => readObject(tx, vault, secretType, "many"));
    expect(object?.count).toBe(1);
  });

  it("purges the others where one cannot be purged now", async () => {
    for (const name of ["a", "b"]) {
      await store.set(name, "value");
      await remove(name);
    }
    let isFirst = true;
    const commit: typeof store.ledger.commit = async (work) => {
      if (isFirst) {
        isFirst = false;
        throw new StrongroomError("AuditUnavailable", "the audit log took too long");
      }
      return await store.ledger.commit(work);
    };
    await sweep(daysLater(8), { ...store.ledger, commit });
    expect([await store.versions("a"), await store.versions("b")]).toEqual([
      [expect.objectContaining({ enabled: true })],
      [erased],
    ]);
    await sweep(daysLater(8));
    expect(await store.versions("a")).toEqual([erased]);
  });

  it("deletes one version and not the current one, and gives it back until its retention ends", async () => {
    const first = await store.set("a", "one");
    const second = await store.set("a", "two");
    const act = (version: string) => ({ vault, name: "a", version, at: start });
    await expect(
      store.act((tx) => deleteVersion(tx, secretType, act(second))),
    ).rejects.toMatchObject({ code: "CurrentVersion" });
    await store.act((tx) => deleteVersion(tx, secretType, act(first)));
    await expect(find("a", first)).rejects.toMatchObject({ code: "NotFound" });
    await store.act((tx) => recoverVersion(tx, secretType, act(first)));
    await find("a", first);

    await store.act((tx) => deleteVersion(tx, secretType, act(first)));
    await sweep(daysLater(6));
    expect((await store.versions("a")).filter((body) => "erased" in Object(body))).toEqual([]);
    await sweep(daysLater(8));
    expect((await store.versions("a")).filter((body) => "erased" in Object(body))).toHaveLength(1);
    expect((await find("a")).object).toMatchObject({ count: 1, deletedVersions: 0 });
  });
});
