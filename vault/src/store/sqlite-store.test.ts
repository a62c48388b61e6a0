// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { storeConformance } from "./conformance.test-suite.ts";
import { sqliteEngine } from "./engine.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { schemaOf } from "./schema.ts";
import { SqliteWriter } from "./sqlite-writer.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-store-"));
const newFile = () => join(directory, `${randomUUID()}.db`);
afterAll(() => rmSync(directory, { recursive: true }));

storeConformance("sqlite", () => openSqliteStore(newFile()));

const record = { scope: "s", id: "r", revision: 1, body: utf8("body"), mac: utf8("mac") };

/** A closed store with one record. */
async function makeClosedStore(): Promise<string> {
  const file = newFile();
  await using store = await openSqliteStore(file);
  await store.commit([{ kind: "record", record }]);
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
    db.exec("create trigger t after insert on leaves begin delete from leaves; end");
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

  it("leaves nothing of a batch that a full disk has rolled back, and goes on when there is room", async () => {
    const file = await makeClosedStore();
    await using writer = await SqliteWriter.open({ file, schema: schemaOf(sqliteEngine) });
    const leaf = (log: string) => ({
      sql: "insert into leaves values (?, 0, x'00')",
      rows: [[log]],
    });
    const large = {
      sql: "insert into sealed_values values ('s', 'v', ?)",
      rows: [[new Uint8Array(99_000)]],
    };
    // What the batch comes to is of no interest: the pragma lasts.
    const small = { sql: "pragma max_page_count = 12", rows: [[]] };
    await Promise.allSettled([writer.commit([small])]);
    const logs = () => {
      const db = new DatabaseSync(file, { readOnly: true });
      const rows = db.prepare("select log from leaves order by log").all();
      db.close();
      return rows.map((row) => row["log"]);
    };
    await expect(writer.commit([leaf("before"), large, leaf("after")])).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
    expect(logs()).toEqual([]);
    await writer.commit([leaf("later")]);
    expect(logs()).toEqual(["later"]);
  });

  it("answers every later call with an error once it is closed", async () => {
    const store = await openSqliteStore(newFile());
    await store[Symbol.asyncDispose]();
    await expect(store.record(record)).rejects.toMatchObject({ code: "StoreUnavailable" });
    await expect(store.commit([{ kind: "record", record }])).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
  });
});
