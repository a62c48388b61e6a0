// SPDX-License-Identifier: Apache-2.0
/** Opens a SQLite file so that what it acknowledges is durable, and asserts that it is so. */

import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqliteRefusal } from "./sqlite-failure.ts";
import type { OpenRequest } from "./sqlite-protocol.ts";

/** First version without the WAL-reset corruption. https://sqlite.org/wal.html#walresetbug */
const oldestSqlite = [3, 51, 3] as const;

/** How long a statement waits for the other connection of this process, milliseconds. */
const busyTimeoutMs = 5000;

/** Only its owner reads the store. */
const fileMode = 0o600;

/** Values that `PRAGMA synchronous` answers: FULL. */
const synchronousFull = 2;

/** An open connection; the writer's also holds the lock. */
export interface OpenDatabase extends Disposable {
  readonly db: DatabaseSync;
}

/** Opens the connection. Throws what SQLite throws, or a refusal that says what is not as it must be. */
export function openSqlite({ file, role }: OpenRequest): OpenDatabase {
  using stack = new DisposableStack();
  if (role === "writer") {
    stack.use(lock(`${file}.lock`));
    makeFile(file);
  }
  const db = stack.use(
    new DatabaseSync(file, {
      readOnly: role === "reader",
      timeout: busyTimeoutMs,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
      allowExtension: false,
      defensive: true,
    }),
  );
  db.exec("pragma trusted_schema = off");
  if (role === "writer") {
    makeDurable(db);
  }
  assertSafe(db);
  const rest = stack.move();
  return { db, [Symbol.dispose]: () => rest.dispose() };
}

// An open exclusive transaction on an empty file of its own: the lock ends with the process, however it ends, and a
// second connection of the same process is refused as well.
function lock(file: string): Disposable {
  makeFile(file);
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec("begin exclusive");
  } catch {
    db.close();
    throw unsafe("another process has the store open");
  }
  return db;
}

function makeFile(file: string): void {
  closeSync(openSync(file, "a", fileMode));
  chmodSync(file, fileMode);
}

function makeDurable(db: DatabaseSync): void {
  db.exec("pragma journal_mode = wal");
  db.exec("pragma synchronous = full");
  assertWhole(db);
  // Nothing of ours runs inside the database: a trigger or view was put there by someone else.
  if (db.prepare("select 1 from sqlite_schema where type in ('trigger', 'view')").get()) {
    throw tampered("the store's file holds a trigger or a view");
  }
}

// The leaves are left out: a log grows without end, and replaying it finds what is wrong with it.
function assertWhole(db: DatabaseSync): void {
  const tables = db
    .prepare("select name from sqlite_schema where type = 'table' and name <> 'leaves'")
    .all();
  for (const { name } of tables) {
    const check = db.prepare(`pragma quick_check('${String(name)}')`).get();
    if (check?.["quick_check"] !== "ok") {
      throw tampered("the store's file is damaged");
    }
  }
}

function assertSafe(db: DatabaseSync): void {
  const version = String(db.prepare("select sqlite_version() as v").get()?.["v"]);
  if (!isRecent(version.split(".").map(Number))) {
    throw unsafe(`SQLite ${version} is too old to be durable`);
  }
  assertPragma(db, "journal_mode", "wal");
  assertPragma(db, "synchronous", synchronousFull);
  assertPragma(db, "foreign_keys", 1);
  assertPragma(db, "trusted_schema", 0);
}

function isRecent(version: readonly number[]): boolean {
  for (const [i, oldest] of oldestSqlite.entries()) {
    const part = version[i] ?? 0;
    if (part !== oldest) {
      return part > oldest;
    }
  }
  return true;
}

function assertPragma(db: DatabaseSync, name: string, expected: string | number): void {
  const value = db.prepare(`pragma ${name}`).get()?.[name];
  if (value !== expected) {
    throw unsafe(`pragma ${name} is ${String(value)}, not ${expected}`);
  }
}

function unsafe(message: string): SqliteRefusal {
  return new SqliteRefusal({ code: "StoreUnavailable", message });
}

function tampered(message: string): SqliteRefusal {
  return new SqliteRefusal({ code: "StoreTampered", message });
}
