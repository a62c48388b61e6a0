// SPDX-License-Identifier: Apache-2.0
/** What somebody with write access to the store may do to it, and what a start must find. */

import type { DatabaseSync } from "node:sqlite";
import { encodeLeaf } from "@strongroom/core";
import { testEvent } from "./open-test-ledger.ts";

type Change = (db: DatabaseSync) => void;

/** Runs statements, each of which must change something. */
export const sql =
  (...statements: readonly string[]) =>
  (db: DatabaseSync) => {
    for (const statement of statements) {
      if (Number(db.prepare(statement).run().changes) === 0) {
        throw new Error(`nothing to change: ${statement}`);
      }
    }
  };

/** Which record is the object `a`. */
export const objectA = "scope = 'v' and id = 'object/secrets/a'";
/** Assigns what yesterday's row of `a` held: the copy is attached as `yesterday`. */
export const oldRow = `(revision, body, mac) =
  (select revision, body, mac from yesterday.records where ${objectA})`;
const swap =
  (table: string, column: string, ...ids: readonly [string, string]) =>
  (db: DatabaseSync) => {
    const read = db.prepare(`select ${column} as it from ${table} where scope = 'v' and id = ?`);
    const write = db.prepare(`update ${table} set ${column} = ? where scope = 'v' and id = ?`);
    const [one, other] = ids.map((id) => read.get(id)?.["it"] as Uint8Array);
    write.run(other ?? null, ids[0]);
    write.run(one ?? null, ids[1]);
  };
const lastLog = "(select log from leaves group by log order by max(rowid) desc limit 1)";
const firstLog = "(select log from leaves order by rowid limit 1)";

/** What is done to rows, and the record that the finding names. */
export const rowChanges: Readonly<Record<string, readonly [Change, string]>> = {
  "a record's body is edited": [
    sql(`update records set body = cast(replace(body, '3', '2') as blob) where ${objectA}`),
    "object/secrets/a",
  ],
  "a record's code is edited": [
    sql(`update records set mac = zeroblob(32) where ${objectA}`),
    "object/secrets/a",
  ],
  "a record's revision is raised": [
    sql(`update records set revision = revision + 1 where ${objectA}`),
    "object/secrets/a",
  ],
  "a record is removed": [sql(`delete from records where ${objectA}`), "object/secrets/a"],
  "yesterday's row of a record is put back, authentic as it is": [
    sql(`update records set ${oldRow} where ${objectA}`),
    "object/secrets/a",
  ],
  "two records are swapped": [
    swap("records", "body", "object/secrets/a", "object/secrets/b"),
    "object/secrets/a",
  ],
  "a value is edited": [
    sql("update sealed_values set sealed = x'00' where id = 'version/secrets/a/3'"),
    "version/secrets/a/3",
  ],
  "a value is removed": [
    sql("delete from sealed_values where id = 'version/secrets/a/3'"),
    "version/secrets/a/3",
  ],
  "two values are swapped": [
    swap("sealed_values", "sealed", "version/secrets/a/2", "version/secrets/a/3"),
    "version/secrets/a/2",
  ],
  "a value is added to a record that has none": [
    sql("insert into sealed_values values ('v', 'object/secrets/a', x'01')"),
    "object/secrets/a",
  ],
};

/** What is done to whole files and logs, and the code of the finding. */
export const logChanges: Readonly<Record<string, readonly [Change, RegExp]>> = {
  "a leaf is edited": [
    sql(`update leaves set bytes = cast(replace(bytes, 'SecretSet', 'SecretGet') as blob)
      where log = ${lastLog} and position = 1`),
    /^log [0-9a-f]{32} is not the one that the HSM saw$/,
  ],
  "a leaf is broken": [
    sql(`update leaves set bytes = x'0100' where log = ${lastLog} and position = 1`),
    /^leaf 1 of log [0-9a-f]{32} is unreadable$/,
  ],
  "a leaf is removed from the middle": [
    sql(`delete from leaves where log = ${lastLog} and position = 1`),
    /has no leaf 1$/,
  ],
  "the last leaf is removed": [
    sql(`delete from leaves where log = ${lastLog} and position = 2`),
    /ends before leaf 2, which the HSM saw$/,
  ],
  "the first leaf is removed": [
    sql(`delete from leaves where log = ${lastLog} and position = 0`),
    /has no leaf 0$/,
  ],
  "two leaves are swapped": [
    sql(
      `update leaves set position = position + 10 where log = ${lastLog} and position > 0`,
      `update leaves set position = 13 - position where log = ${lastLog} and position > 10`,
    ),
    /^leaf 1 of log [0-9a-f]{32} was written for another place$/,
  ],
  "a whole log is removed": [
    sql(`delete from leaves where log = ${firstLog}`),
    /ends before leaf 2, which (the HSM|a later log) saw$/,
  ],
  "a log is forged": [
    (db) => {
      const log = "f".repeat(32);
      const insert = db.prepare("insert into leaves values (?, ?, ?)");
      for (const index of [0, 1]) {
        const event = testEvent(index === 0 ? "LogOpen" : "SecretGet");
        const bytes = encodeLeaf({ log, index, replica: "x", epoch: 0, event, writes: [] });
        insert.run(log, index, bytes);
      }
    },
    /holds 2 leaves and the HSM has never seen it$/,
  ],
  "a log of one leaf is forged that says more than that it is opened": [
    (db) => {
      const log = "f".repeat(32);
      const event = testEvent("SecretGet");
      const bytes = encodeLeaf({ log, index: 0, replica: "x", epoch: 0, event, writes: [] });
      db.prepare("insert into leaves values (?, 0, ?)").run(log, bytes);
    },
    /^log f{32} does not begin with its opening$/,
  ],
  "a leaf is added to a log whose end a later log has named": [
    (db) => {
      const end =
        "select log, max(position) + 1 as size from leaves group by log order by min(rowid)";
      const { log, size } = db.prepare(end).get() as { log: string; size: number };
      const event = testEvent("SecretGet");
      const leaf = { log, index: size, replica: "x", epoch: 0, event, writes: [] };
      db.prepare("insert into leaves values (?, ?, ?)").run(log, size, encodeLeaf(leaf));
    },
    /^log [0-9a-f]{32} goes on after it was closed$/,
  ],
  "a record is added with a leaf, as it has been elsewhere": [
    sql(
      "insert into records select 'other', id, revision, body, mac from records where scope = 'v'",
    ),
    /^record other\/object\/secrets\/a has a row and is not in the audit log$/,
  ],
  "all rows and leaves are removed": [
    sql("delete from leaves", "delete from records", "delete from sealed_values"),
    /^the store is empty, older than the HSM remembers$/,
  ],
};
