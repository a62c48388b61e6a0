// SPDX-License-Identifier: Apache-2.0
/** Thread that writes a SQLite file: its waits for the disk hold up nobody else. An entry point of its own, and small. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { migrate } from "./migrate.ts";
import type { SqlValue } from "./prepared-query.ts";
import { SqliteRefusal, toFailure } from "./sqlite-failure.ts";
import { type OpenDatabase, openSqlite } from "./sqlite-open.ts";
import type { Batch, BatchResult, OpenResult, WriterRequest } from "./sqlite-protocol.ts";

/** Prepared statements by their text: the program has a handful. */
type Prepared = Map<string, StatementSync>;

interface Writer {
  readonly db: DatabaseSync;
  readonly prepared: Prepared;
  /** Counts what other connections commit. https://sqlite.org/pragma.html#pragma_data_version */
  dataVersion: unknown;
}

function runBatch(writer: Writer, batch: Batch): BatchResult {
  const { db, prepared } = writer;
  try {
    prepare(db, prepared, "begin immediate").run();
    const dataVersion = versionOf(writer);
    for (const { sql, rows } of batch) {
      const statement = prepare(db, prepared, sql);
      for (const parameters of rows) {
        runOnce(statement, parameters);
      }
    }
    prepare(db, prepared, "commit").run();
    const changedByOthers = dataVersion !== writer.dataVersion;
    writer.dataVersion = dataVersion;
    return { kind: "done", changedByOthers };
  } catch (error) {
    const failure = toFailure(error);
    // SQLite rolls back on its own when the disk is full or fails.
    if (db.isTransaction) {
      prepare(db, prepared, "rollback").run();
    }
    return { kind: "failed", failure };
  }
}

function runOnce(statement: StatementSync, parameters: readonly SqlValue[]): void {
  if (Number(statement.run(...parameters).changes) !== 1) {
    const message = "the store's row is not the one that was to be replaced";
    throw new SqliteRefusal({ code: "Conflict", message });
  }
}

function versionOf({ db, prepared }: Pick<Writer, "db" | "prepared">): unknown {
  return prepare(db, prepared, "pragma data_version").get()?.["data_version"];
}

function prepare(db: DatabaseSync, prepared: Prepared, sql: string): StatementSync {
  const known = prepared.get(sql);
  if (known !== undefined) {
    return known;
  }
  const statement = db.prepare(sql);
  prepared.set(sql, statement);
  return statement;
}

function serve({ db, ...database }: OpenDatabase): void {
  const prepared: Prepared = new Map();
  const writer: Writer = { db, prepared, dataVersion: versionOf({ db, prepared }) };
  parentPort?.on("message", (batch: Batch | "close") => {
    if (batch === "close") {
      database[Symbol.dispose]();
      parentPort?.close();
      return;
    }
    parentPort?.postMessage(runBatch(writer, batch));
  });
}

function start(): void {
  try {
    using stack = new DisposableStack();
    const { file, schema } = workerData as WriterRequest;
    const database = stack.use(openSqlite({ file, role: "writer" }));
    migrate(database.db, schema);
    stack.move();
    serve(database);
    parentPort?.postMessage({ kind: "open" } satisfies OpenResult);
  } catch (error) {
    parentPort?.postMessage({ kind: "refused", failure: toFailure(error) } satisfies OpenResult);
    parentPort?.close();
  }
}

start();
