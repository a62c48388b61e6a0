// SPDX-License-Identifier: Apache-2.0
/** Schema version 1: records, sealed values, audit leaves, spent one-time ids. */

import { type RawBuilder, sql } from "kysely";
import type { Engine } from "./engine.ts";

/** Makes the tables. Rows of records, values and leaves are too large for a clustered key to help. */
export function firstTables(engine: Engine): readonly RawBuilder<unknown>[] {
  const { binary, integer, keyedTable, table } = engine;
  return [
    sql`create table records (
      scope text not null, id text not null, revision ${integer} not null check (revision > 0),
      body ${binary} not null, mac ${binary} not null, primary key (scope, id)) ${table}`,
    sql`create table sealed_values (
      scope text not null, id text not null, sealed ${binary} not null,
      primary key (scope, id)) ${table}`,
    sql`create table leaves (
      log text not null, position ${integer} not null check (position >= 0), bytes ${binary} not null,
      primary key (log, position)) ${table}`,
    sql`create table spent (
      id text not null primary key, expires_at ${integer} not null) ${keyedTable}`,
    sql`create index spent_by_expiry on spent (expires_at)`,
  ];
}
