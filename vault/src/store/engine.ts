// SPDX-License-Identifier: Apache-2.0
/** What differs between the engines where Kysely has no word for it. */

import { type RawBuilder, sql } from "kysely";

/** Fragments of SQL for table definitions. */
export interface Engine {
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
  binary: sql`blob`,
  integer: sql`integer`,
  table: sql`strict`,
  keyedTable: sql`strict, without rowid`,
};
