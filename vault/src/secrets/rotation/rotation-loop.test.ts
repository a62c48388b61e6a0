// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { fromUtf8, silentLog, systemClock } from "@strongroom/core";
import {
  daysLater,
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../../objects/__fixtures__/object-store.ts";
import { deleteObject, recoverObject } from "../../objects/delete-object.ts";
import { beginPurge } from "../../objects/purge-object.ts";
import { findVersion } from "../../objects/read-object.ts";
import { updateVersion } from "../../objects/update-version.ts";
import type { VaultDirectory } from "../../vaults/vault-directory.ts";
import { findSecret, openSecret } from "../read-secret.ts";
import { secretType } from "../secret-type.ts";
import { rotateDueSecrets } from "./rotation-loop.ts";
import { requireInterval, rotationKey } from "./rotation-record.ts";

const vault = testVault;

describe("secrets with a rotation policy", () => {
  let store: ObjectStore;
  let made: number;
  beforeEach(async () => {
    store = await openObjectStore();
    made = 0;
    await store.set("a", "first");
    await rotateEvery("P30D");
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const rotateEvery = (interval: string) => {
    const generate = { length: 16, encoding: "hex" };
    const policy = { interval, generate, created: 0, updated: 0 };
    return store.act((tx) => tx.put(rotationKey(vault, "A"), policy));
  };
  const look = (at: Date, duringWork: () => Promise<unknown> = async () => undefined) =>
    rotateDueSecrets(
      {
        ledger: store.ledger,
        directory: { all: () => [vault] } as unknown as VaultDirectory,
        clock: { ...systemClock, now: () => at },
        log: silentLog,
        derive: () => derive,
        random: async (bytes) => {
          await duringWork();
          made += 1;
          return new Uint8Array(bytes).fill(made);
        },
      },
      new AbortController().signal,
    );
  const count = async () => (await store.versions("a")).length;
  const value = async () => {
    const found = await store.act((tx) => findSecret(tx, vault, "a", undefined));
    using bytes = await openSecret({ ledger: store.ledger, derive: () => derive }, vault, found);
    return fromUtf8(bytes.reveal());
  };

  it("get a new value on the day that it is due, once, and again an interval later", async () => {
    await look(daysLater(29));
    expect(await count()).toBe(1);
    await look(daysLater(30));
    expect([await count(), await value()]).toEqual([2, "01".repeat(16)]);
    await look(daysLater(31));
    expect(await count()).toBe(2);
    await look(daysLater(60));
    expect([await count(), await value()]).toEqual([3, "02".repeat(16)]);
  });

  it("get one new value after the vault was away for several due dates, and none twice over a restart", async () => {
    store = await store.restart();
    await look(daysLater(200));
    store = await store.restart();
    await look(daysLater(200));
    expect(await count()).toBe(2);
  });

  it("keep content type and tags, and not the times of the version before", async () => {
    const found = await store.act((tx) => findVersion(tx, vault, secretType, { name: "a" }));
    const change = { attributes: { tags: { t: "x" }, exp: 5 }, own: { contentType: "text/plain" } };
    await store.act((tx) => updateVersion(tx, found, { ...change, at: start }));
    await look(daysLater(30));
    const next = await store.act((tx) => findVersion(tx, vault, secretType, { name: "a" }));
    expect(next.version).toMatchObject({ tags: { t: "x" }, contentType: "text/plain" });
    expect(next.version.exp).toBeUndefined();
  });

  it("are left alone while they are disabled or deleted, and are replaced once they are back", async () => {
    const found = await store.act((tx) => findVersion(tx, vault, secretType, { name: "a" }));
    const set = (enabled: boolean) =>
      store.act((tx) => updateVersion(tx, found, { attributes: { enabled }, own: {}, at: start }));
    await set(false);
    await look(daysLater(30));
    await set(true);
    await store.act((tx) => deleteObject(tx, secretType, { vault, name: "a", at: start }));
    await look(daysLater(30));
    expect(await count()).toBe(1);
    await store.act((tx) => recoverObject(tx, secretType, { vault, name: "a" }));
    await look(daysLater(30));
    expect(await count()).toBe(2);
  });

  it("are not written over what somebody sets while the value is made", async () => {
    await look(daysLater(30), async () => {
      await store.set("a", "by hand");
    });
    expect(await value()).toBe("by hand");
  });

  it("lose the policy with their purge", async () => {
    await store.act((tx) => deleteObject(tx, secretType, { vault, name: "a", at: start }));
    await store.act((tx) => beginPurge(tx, secretType, { vault, name: "a", at: start }));
    await store.set("a", "another secret");
    await look(daysLater(100));
    expect(await value()).toBe("another secret");
  });

  it.each(["PT59M", "P11Y", "P", "30", "P1DT", ""])("cannot have the interval %j", (interval) => {
    expect(() => requireInterval(interval)).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
  });
});
