// SPDX-License-Identifier: Apache-2.0
/** The schema in an engine's own words. */

import { type RawBuilder, sql } from "kysely";
import type { Engine } from "./engine.ts";
import { firstTables } from "./migration-0001.ts";
import { checkpointTable } from "./migration-0002.ts";
import type { Schema } from "./sqlite-protocol.ts";

/** Statements that bring a schema to its next version. */
type Migration = (engine: Engine) => readonly RawBuilder<unknown>[];

/** Migration n brings version n-1 to n. Published ones never change. */
const migrations: readonly Migration[] = [firstTables, checkpointTable];

/** The statements of an engine. */
export function schemaOf(engine: Engine): Schema {
  const { queries, integer, table } = engine;
  const text = (statement: RawBuilder<unknown>) => statement.compile(queries).sql;
  return {
    versionTable: text(
      sql`create table if not exists schema_version (version ${integer} not null) ${table}`,
    ),
    migrations: migrations.map((migration) => migration(engine).map(text)),
  };
}
