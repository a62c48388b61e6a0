// SPDX-License-Identifier: Apache-2.0
/** Brings the schema of a SQLite file to the version that this program knows. */

import type { DatabaseSync } from "node:sqlite";
import { type RawBuilder, sql } from "kysely";
import { type Engine, sqliteEngine } from "./engine.ts";
import { firstTables } from "./migration-0001.ts";
import { checkpointTable } from "./migration-0002.ts";
import { SqliteRefusal } from "./sqlite-failure.ts";

/** Statements that bring a schema to its next version. */
type Migration = (engine: Engine) => readonly RawBuilder<unknown>[];

/** Migration n brings version n-1 to n. Published ones never change. */
const migrations: readonly Migration[] = [firstTables, checkpointTable];

/** Runs what is missing, all in one transaction. Throws a refusal on a store that a newer release wrote. */
export function migrate(db: DatabaseSync): void {
  const { queries, integer, table } = sqliteEngine;
  const run = (statement: RawBuilder<unknown>) => db.exec(statement.compile(queries).sql);
  db.exec("begin immediate");
  run(sql`create table if not exists schema_version (version ${integer} not null) ${table}`);
  const version = Number(db.prepare("select version from schema_version").get()?.["version"] ?? 0);
  if (version > migrations.length) {
    const message = "the store was written by a newer release";
    throw new SqliteRefusal({ code: "StoreUnavailable", message });
  }
  for (const statement of migrations.slice(version).flatMap((make) => make(sqliteEngine))) {
    run(statement);
  }
  db.exec("delete from schema_version");
  db.prepare("insert into schema_version values (?)").run(migrations.length);
  db.exec("commit");
}
