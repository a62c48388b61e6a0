// SPDX-License-Identifier: Apache-2.0
/** Schema version 2: a checkpoint; one-time ids that were used are in the leaves of who used them. */

import { type RawBuilder, sql } from "kysely";
import type { Engine } from "./engine.ts";

/** Makes the table of the one checkpoint, and drops that of spent ids. */
export function checkpointTable({
  binary,
  integer,
  table,
}: Engine): readonly RawBuilder<unknown>[] {
  return [
    sql`drop table spent`,
    sql`create table checkpoints (
      slot ${integer} not null primary key check (slot = 1), bytes ${binary} not null) ${table}`,
  ];
}
