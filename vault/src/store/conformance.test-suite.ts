// SPDX-License-Identifier: Apache-2.0
/** What every engine of the store must do; imported by the tests of each. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import type { Store, StoredRecord } from "./store.ts";

function row(id: string, revision = 1, scope = "vault-a"): StoredRecord {
  return { scope, id, revision, body: utf8(`${id}@${revision}`), mac: utf8("mac") };
}

async function put(store: Store, ...records: readonly StoredRecord[]): Promise<void> {
  await store.transaction(async (tx) => {
    for (const record of records) {
      await tx.putRecord(record);
    }
  });
}

/** Runs the suite over fresh, empty stores of `makeStore`. */
export function storeConformance(name: string, makeStore: () => Promise<Store>): void {
  describe(`store conformance: ${name}`, () => {
    describe("records", () => recordRules(makeStore));
    describe("values, leaves and one-time ids", () => otherRowRules(makeStore));
    describe("transactions", () => transactionRules(makeStore));
    describe("listings", () => listingRules(makeStore));
  });
}

function recordRules(makeStore: () => Promise<Store>): void {
  it("gives back a record byte for byte", async () => {
    await using store = await makeStore();
    const record = { ...row("object/secrets/a"), body: new Uint8Array([0, 255, 1]) };
    await put(store, record);
    expect(await store.record(record)).toEqual(record);
    expect(await store.readUnverified(record)).toEqual(record);
    expect(await store.record({ scope: "vault-b", id: record.id })).toBeUndefined();
  });

  it("replaces a revision by the next one only", async () => {
    await using store = await makeStore();
    await put(store, row("a"), row("a", 2));
    const conflict = expect.objectContaining({ code: "Conflict" });
    await expect(put(store, row("a", 2))).rejects.toEqual(conflict);
    await expect(put(store, row("a", 4))).rejects.toEqual(conflict);
    await expect(put(store, row("a", 1))).rejects.toEqual(conflict);
    await expect(put(store, row("b", 2))).rejects.toEqual(conflict);
    expect((await store.record(row("a")))?.revision).toBe(2);
    expect(await store.record(row("b"))).toBeUndefined();
  });
}

function otherRowRules(makeStore: () => Promise<Store>): void {
  it("inserts a value once and removes it once", async () => {
    await using store = await makeStore();
    const value = { scope: "s", id: "v", sealed: new Uint8Array([0, 1, 2]) };
    const conflict = expect.objectContaining({ code: "Conflict" });
    await store.transaction((tx) => tx.putValue(value));
    await expect(store.transaction((tx) => tx.putValue(value))).rejects.toEqual(conflict);
    expect(await store.value(value)).toEqual(value.sealed);
    await store.transaction((tx) => tx.removeValue(value));
    expect(await store.value(value)).toBeUndefined();
    await expect(store.transaction((tx) => tx.removeValue(value))).rejects.toEqual(conflict);
  });

  it("appends a leaf to its place once", async () => {
    await using store = await makeStore();
    const leaf = { log: "aa", index: 0, bytes: utf8("leaf") };
    await store.transaction((tx) => tx.appendLeaf(leaf));
    await expect(
      store.transaction((tx) => tx.appendLeaf({ ...leaf, bytes: utf8("other") })),
    ).rejects.toEqual(expect.objectContaining({ code: "Conflict" }));
    expect(await store.leaves("aa", { from: 0, limit: 10 })).toEqual([leaf]);
  });

  it("spends an id once, until it is purged after it expired", async () => {
    await using store = await makeStore();
    const spend = (at: number) => store.transaction((tx) => tx.spend("jti", new Date(at)));
    expect(await spend(5000)).toBe(true);
    expect(await spend(9000)).toBe(false);
    expect(await store.purgeSpent(new Date(5000))).toBe(0);
    expect(await spend(9000)).toBe(false);
    expect(await store.purgeSpent(new Date(5001))).toBe(1);
    expect(await spend(9000)).toBe(true);
  });
}

function transactionRules(makeStore: () => Promise<Store>): void {
  it("leaves nothing of a transaction that failed", async () => {
    await using store = await makeStore();
    const failing = store.transaction(async (tx) => {
      await tx.putRecord(row("a"));
      await tx.spend("jti", new Date(5000));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await store.record(row("a"))).toBeUndefined();
    expect(await store.transaction((tx) => tx.spend("jti", new Date(5000)))).toBe(true);
  });

  it("takes back a savepoint that failed and keeps those around it", async () => {
    await using store = await makeStore();
    await store.transaction(async (tx) => {
      await tx.savepoint(() => tx.putRecord(row("before")));
      const failing = tx.savepoint(async () => {
        await tx.putRecord(row("inside"));
        await tx.savepoint(() => tx.putRecord(row("deeper")));
        await tx.putRecord(row("before"));
      });
      await expect(failing).rejects.toEqual(expect.objectContaining({ code: "Conflict" }));
      await tx.putRecord(row("after"));
    });
    const rows = await store.records("vault-a", "", { limit: 9 });
    expect(rows.map((record) => record.id)).toEqual(["after", "before"]);
  });

  it("sees its own writes inside, while readers outside see what is committed", async () => {
    await using store = await makeStore();
    await store.transaction(async (tx) => {
      await tx.putRecord(row("a"));
      expect(await tx.record(row("a"))).toEqual(row("a"));
      expect(await store.record(row("a"))).toBeUndefined();
    });
    expect(await store.record(row("a"))).toEqual(row("a"));
  });

  it("runs transactions one after the other", async () => {
    await using store = await makeStore();
    await put(store, row("a"));
    const increments = Array.from({ length: 20 }, () =>
      store.transaction(async (tx) => {
        const revision = (await tx.record(row("a")))?.revision ?? 0;
        await tx.putRecord(row("a", revision + 1));
      }),
    );
    await Promise.all(increments);
    expect((await store.record(row("a")))?.revision).toBe(21);
  });
}

function listingRules(makeStore: () => Promise<Store>): void {
  it("lists a prefix of one scope, page by page, in byte order", async () => {
    await using store = await makeStore();
    const ids = ["p/B", "p/a", "p/a-b", "p/a/b", "p/a0", "p/b", "q/a", "p", "p0"];
    await put(store, ...ids.map((id) => row(id)), row("p/x", 1, "vault-b"));
    const page = (after?: string) => store.records("vault-a", "p/", { after, limit: 4 });
    const idsOf = (rows: readonly StoredRecord[]) => rows.map((record) => record.id);
    expect(idsOf(await page())).toEqual(["p/B", "p/a", "p/a-b", "p/a/b"]);
    expect(idsOf(await page("p/a/b"))).toEqual(["p/a0", "p/b"]);
    expect(idsOf(await page("p/b"))).toEqual([]);
  });

  it("scans every record, value, log and leaf", async () => {
    await using store = await makeStore();
    await put(store, row("b", 1, "s1"), row("a", 1, "s2"), row("a", 1, "s1"));
    await store.transaction(async (tx) => {
      await tx.putValue({ scope: "s2", id: "v", sealed: utf8("1") });
      await tx.putValue({ scope: "s1", id: "w", sealed: utf8("2") });
      for (const index of [0, 1, 2]) {
        await tx.appendLeaf({ log: "bb", index, bytes: utf8(`${index}`) });
      }
      await tx.appendLeaf({ log: "aa", index: 0, bytes: utf8("x") });
    });
    const first = await store.everyRecord({ limit: 2 });
    const rest = await store.everyRecord({ after: first[1], limit: 2 });
    expect([...first, ...rest].map(({ scope, id }) => scope + id)).toEqual(["s1a", "s1b", "s2a"]);
    const values = await store.everyValue({ after: { scope: "s1", id: "a" }, limit: 9 });
    expect(values.map((value) => value.id)).toEqual(["w", "v"]);
    expect(await store.logs()).toEqual(["aa", "bb"]);
    const leaves = await store.leaves("bb", { from: 1, limit: 1 });
    expect(leaves).toEqual([{ log: "bb", index: 1, bytes: utf8("1") }]);
  });
}
