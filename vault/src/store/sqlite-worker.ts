// SPDX-License-Identifier: Apache-2.0
/** Thread of one SQLite connection: its waits for the disk hold up nobody else. An entry point of its own. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { SqliteRefusal, toFailure } from "./sqlite-failure.ts";
import { type OpenDatabase, openSqlite } from "./sqlite-open.ts";
import type { OpenRequest, OpenResult, Statement, Unit, UnitResult } from "./sqlite-protocol.ts";

const begin = /^begin\b/;
const rollback = /^rollback$/;

/** Prepared statements by their text: the program has a few dozen. */
type Prepared = Map<string, { readonly statement: StatementSync; readonly answersRows: boolean }>;

function runUnit(db: DatabaseSync, prepared: Prepared, unit: Unit): UnitResult {
  try {
    let result: UnitResult = { kind: "done", rows: [], changes: 0 };
    for (const statement of unit.statements) {
      result = runStatement(db, prepared, statement, unit.inTransaction);
    }
    return result;
  } catch (error) {
    return { kind: "failed", failure: toFailure(error) };
  }
}

function runStatement(
  db: DatabaseSync,
  prepared: Prepared,
  { sql, parameters }: Statement,
  inTransaction: boolean,
): UnitResult {
  if (inTransaction && !db.isTransaction && !begin.test(sql)) {
    // SQLite rolls back on its own when the disk is full or fails: what follows must not run outside.
    if (rollback.test(sql)) {
      return { kind: "done", rows: [], changes: 0 };
    }
    const message = "the transaction was rolled back by the store";
    throw new SqliteRefusal({ code: "StoreUnavailable", message });
  }
  const { statement, answersRows } = prepare(db, prepared, sql);
  if (answersRows) {
    return { kind: "done", rows: statement.all(...parameters), changes: 0 };
  }
  return { kind: "done", rows: [], changes: Number(statement.run(...parameters).changes) };
}

function prepare(db: DatabaseSync, prepared: Prepared, sql: string) {
  const known = prepared.get(sql);
  if (known !== undefined) {
    return known;
  }
  const statement = db.prepare(sql);
  const made = { statement, answersRows: statement.columns().length > 0 };
  prepared.set(sql, made);
  return made;
}

function serve({ db, ...database }: OpenDatabase): void {
  const prepared: Prepared = new Map();
  parentPort?.on("message", (units: readonly Unit[] | "close") => {
    if (units === "close") {
      database[Symbol.dispose]();
      parentPort?.close();
      return;
    }
    parentPort?.postMessage(units.map((unit) => runUnit(db, prepared, unit)));
  });
}

function start(): void {
  try {
    serve(openSqlite(workerData as OpenRequest));
    parentPort?.postMessage({ kind: "open" } satisfies OpenResult);
  } catch (error) {
    parentPort?.postMessage({ kind: "refused", failure: toFailure(error) } satisfies OpenResult);
    parentPort?.close();
  }
}

start();
