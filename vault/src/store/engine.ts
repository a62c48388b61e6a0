// SPDX-License-Identifier: Apache-2.0
/** What differs between the engines: how queries are spelt, and where Kysely has no word for it. */

import { type Kysely, type RawBuilder, sql } from "kysely";
import { sqliteQueries } from "./sqlite-queries.ts";
import type { Tables } from "./tables.ts";

/** A dialect, with fragments of SQL for table definitions. */
export interface Engine {
  readonly queries: Kysely<Tables>;
  readonly binary: RawBuilder<unknown>;
  /** Whole numbers up to 2^53. */
  readonly integer: RawBuilder<unknown>;
  /** Options of a table with large rows. */
  readonly table: RawBuilder<unknown>;
  /** Options of a table with small rows that are found by their key only. */
  readonly keyedTable: RawBuilder<unknown>;
}

/** SQLite: strict types; small rows live in the index of their key. */
export const sqliteEngine: Engine = {
  queries: sqliteQueries,
  binary: sql`blob`,
  integer: sql`integer`,
  table: sql`strict`,
  keyedTable: sql`strict, without rowid`,
};
