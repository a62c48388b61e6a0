// SPDX-License-Identifier: Apache-2.0
/** What every engine of the store must do; imported by the tests of each. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import type { Store, StoredRecord } from "./store.ts";

function row(id: string, revision = 1, scope = "vault-a"): StoredRecord {
  return { scope, id, revision, body: utf8(`${id}@${revision}`), mac: utf8("mac") };
}

async function put(store: Store, ...records: readonly StoredRecord[]): Promise<void> {
  await store.commit(records.map((record) => ({ kind: "record", record })));
}

/** Runs the suite over fresh, empty stores of `makeStore`. */
export function storeConformance(name: string, makeStore: () => Promise<Store>): void {
  describe(`store conformance: ${name}`, () => {
    describe("records", () => recordRules(makeStore));
    describe("values, leaves and the checkpoint", () => otherRowRules(makeStore));
    describe("batches", () => batchRules(makeStore));
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

  it("takes a restored record at any revision, where there is none", async () => {
    await using store = await makeStore();
    const restore = (record: StoredRecord) => store.commit([{ kind: "restoredRecord", record }]);
    await restore(row("a", 7));
    await put(store, row("a", 8));
    expect((await store.record(row("a")))?.revision).toBe(8);
    await expect(restore(row("a", 9))).rejects.toMatchObject({ code: "Conflict" });
  });

  it("shows a snapshot as it was, whatever is committed meanwhile", async () => {
    await using store = await makeStore();
    await put(store, row("a"));
    using snapshot = store.snapshot();
    await put(store, row("a", 2), row("b"));
    await store.commit([{ kind: "leaves", log: "aa", from: 0, texts: ["leaf"] }]);
    expect(await snapshot.everyRecord({ limit: 10 })).toEqual([row("a")]);
    expect(await snapshot.logs()).toEqual([]);
    expect(await store.everyRecord({ limit: 10 })).toEqual([row("a", 2), row("b")]);
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
    const insert = () => store.commit([{ kind: "value", value }]);
    const remove = () => store.commit([{ kind: "removeValue", key: value }]);
    await insert();
    await expect(insert()).rejects.toEqual(conflict);
    expect(await store.value(value)).toEqual(value.sealed);
    await remove();
    expect(await store.value(value)).toBeUndefined();
    await expect(remove()).rejects.toEqual(conflict);
  });

  it("appends a leaf to its place once", async () => {
    await using store = await makeStore();
    const append = (from: number, ...texts: readonly string[]) =>
      store.commit([{ kind: "leaves", log: "aa", from, texts }]);
    await append(0, "\u0001leaf", "Blätter 🍂");
    const conflict = expect.objectContaining({ code: "Conflict" });
    await expect(append(0, "other")).rejects.toEqual(conflict);
    await expect(append(1, "other", "and another")).rejects.toEqual(conflict);
    expect(await store.leaves("aa", { from: 0, limit: 10 })).toEqual([
      { log: "aa", index: 0, bytes: utf8("\u0001leaf") },
      { log: "aa", index: 1, bytes: utf8("Blätter 🍂") },
    ]);
  });

  it("keeps the newest checkpoint", async () => {
    await using store = await makeStore();
    expect(await store.checkpoint()).toBeUndefined();
    await store.commit([{ kind: "checkpoint", bytes: utf8("one") }]);
    await store.commit([{ kind: "checkpoint", bytes: utf8("two") }]);
    expect(await store.checkpoint()).toEqual(utf8("two"));
  });
}

function batchRules(makeStore: () => Promise<Store>): void {
  it("leaves nothing of a batch of which one change does not apply", async () => {
    await using store = await makeStore();
    const value = { scope: "s", id: "v", sealed: utf8("sealed") };
    const failing = store.commit([
      { kind: "record", record: row("a") },
      { kind: "value", value },
      { kind: "leaves", log: "aa", from: 0, texts: ["leaf"] },
      { kind: "removeValue", key: { scope: "s", id: "other" } },
    ]);
    await expect(failing).rejects.toEqual(expect.objectContaining({ code: "Conflict" }));
    expect(await store.record(row("a"))).toBeUndefined();
    expect(await store.value(value)).toBeUndefined();
    expect(await store.logs()).toEqual([]);
  });

  it("sees the changes before it in its batch", async () => {
    await using store = await makeStore();
    await put(store, row("a"), row("a", 2), row("a", 3));
    expect((await store.record(row("a")))?.revision).toBe(3);
    const value = { scope: "s", id: "v", sealed: utf8("sealed") };
    await store.commit([
      { kind: "value", value },
      { kind: "removeValue", key: value },
      { kind: "value", value: { ...value, sealed: utf8("another") } },
    ]);
    expect(await store.value(value)).toEqual(utf8("another"));
  });

  it("runs batches one after the other, in the order of the calls", async () => {
    await using store = await makeStore();
    const batches = Array.from({ length: 20 }, (_, i) => put(store, row("a", i + 1)));
    await Promise.all(batches);
    expect((await store.record(row("a")))?.revision).toBe(20);
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
    await store.commit([
      { kind: "value", value: { scope: "s2", id: "v", sealed: utf8("1") } },
      { kind: "value", value: { scope: "s1", id: "w", sealed: utf8("2") } },
      { kind: "leaves", log: "bb", from: 0, texts: ["0", "1", "2"] },
      { kind: "leaves", log: "aa", from: 0, texts: ["x"] },
    ]);
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
