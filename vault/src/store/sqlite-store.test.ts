// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { CompiledQuery } from "kysely";
import { storeConformance } from "./conformance.test-suite.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { SqliteConnection } from "./sqlite-connection.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-store-"));
const newFile = () => join(directory, `${randomUUID()}.db`);
afterAll(() => rmSync(directory, { recursive: true }));

storeConformance("sqlite", () => openSqliteStore(newFile()));

const record = { scope: "s", id: "r", revision: 1, body: utf8("body"), mac: utf8("mac") };

/** A closed store with one record. */
async function makeClosedStore(): Promise<string> {
  const file = newFile();
  await using store = await openSqliteStore(file);
  await store.transaction((tx) => tx.putRecord(record));
  return file;
}

describe("the embedded store", () => {
  it("keeps its file, its log and its lock from everyone but the owner", async () => {
    const file = newFile();
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    await using _store = await openSqliteStore(file);
    for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}.lock`]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });

  it("finds what it wrote when it is opened again", async () => {
    await using store = await openSqliteStore(await makeClosedStore());
    expect(await store.record(record)).toEqual(record);
  });

  it("refuses a second opener while the first has the file, and lets it in afterwards", async () => {
    const file = newFile();
    const first = await openSqliteStore(file);
    await expect(openSqliteStore(file)).rejects.toMatchObject({
      code: "StoreUnavailable",
      message: "another process has the store open",
    });
    await first[Symbol.asyncDispose]();
    await using _second = await openSqliteStore(file);
  });

  it("refuses a file that is damaged", async () => {
    const file = await makeClosedStore();
    const bytes = readFileSync(file);
    bytes.fill(0xaa, 4096 + 8, 4096 + 200);
    writeFileSync(file, bytes);
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: "StoreTampered" });
  });

  it("refuses a file that is no database", async () => {
    const file = newFile();
    writeFileSync(file, "not a database, but long enough to be read as one".repeat(100));
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: "StoreTampered" });
  });

  it("refuses a file in which someone left a trigger", async () => {
    const file = await makeClosedStore();
    const db = new DatabaseSync(file);
    db.exec("create trigger t after insert on spent begin delete from spent; end");
    db.close();
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: "StoreTampered" });
  });

  it("refuses a store that a newer release wrote", async () => {
    const file = await makeClosedStore();
    const db = new DatabaseSync(file);
    db.exec("update schema_version set version = 99");
    db.close();
    await expect(openSqliteStore(file)).rejects.toMatchObject({
      code: "StoreUnavailable",
      message: "the store was written by a newer release",
    });
    // The refusal let go of the lock.
    await expect(openSqliteStore(file)).rejects.toThrow("newer release");
  });

  it("refuses a directory that is not there, without naming it", async () => {
    const opening = openSqliteStore(join(directory, "missing", "store.db"));
    await expect(opening).rejects.toMatchObject({
      code: "StoreUnavailable",
      message: "the store failed",
    });
  });

  it("runs nothing outside a transaction that a full disk has rolled back", async () => {
    const request = { file: await makeClosedStore(), role: "writer" } as const;
    await using connection = await SqliteConnection.open(request);
    const run = (text: string, ...parameters: readonly unknown[]) =>
      connection.run({ compile: () => CompiledQuery.raw(text, [...parameters]) });
    await run("pragma max_page_count = 12");
    const spend = "insert into spent values (?, 1)";
    connection.begin();
    await run(spend, "before");
    const full = run("insert into sealed_values values ('s', 'v', ?)", new Uint8Array(99_000));
    await expect(full).rejects.toMatchObject({ code: "StoreUnavailable" });
    // SQLite has ended the transaction by itself: this would be durable on its own.
    await expect(run(spend, "after")).rejects.toThrow("rolled back by the store");
    await expect(connection.commit()).rejects.toThrow("rolled back by the store");
    await connection.rollback();
    expect((await run("select id from spent")).rows).toEqual([]);
    connection.begin();
    await run(spend, "later");
    await connection.commit();
    expect((await run("select id from spent")).rows).toEqual([{ id: "later" }]);
  });

  it("answers every later call with an error once it is closed", async () => {
    const store = await openSqliteStore(newFile());
    await store[Symbol.asyncDispose]();
    await expect(store.record(record)).rejects.toMatchObject({ code: "StoreUnavailable" });
    await expect(store.transaction(async () => undefined)).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
  });
});
