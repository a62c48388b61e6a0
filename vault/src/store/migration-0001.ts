// SPDX-License-Identifier: Apache-2.0
/** Schema version 1: records, sealed values, audit leaves, spent one-time ids. */

import { type Kysely, sql } from "kysely";
import type { Engine } from "./engine.ts";
import type { Tables } from "./tables.ts";

/** Makes the tables. Rows of records, values and leaves are too large for a clustered key to help. */
export async function createFirstTables(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const { binary, integer, keyedTable, table } = engine;
  await sql`create table records (
    scope text not null, id text not null, revision ${integer} not null check (revision > 0),
    body ${binary} not null, mac ${binary} not null, primary key (scope, id)) ${table}`.execute(db);
  await sql`create table sealed_values (
    scope text not null, id text not null, sealed ${binary} not null,
    primary key (scope, id)) ${table}`.execute(db);
  await sql`create table leaves (
    log text not null, position ${integer} not null check (position >= 0), bytes ${binary} not null,
    primary key (log, position)) ${table}`.execute(db);
  await sql`create table spent (
    id text not null primary key, expires_at ${integer} not null) ${keyedTable}`.execute(db);
  await sql`create index spent_by_expiry on spent (expires_at)`.execute(db);
}
