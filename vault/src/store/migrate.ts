// SPDX-License-Identifier: Apache-2.0
/** Brings a store's schema to the version that this program knows. */

import { StrongroomError } from "@strongroom/core";
import { type RawBuilder, sql } from "kysely";
import type { Engine } from "./engine.ts";
import { firstTables } from "./migration-0001.ts";
import { inTransaction, type WritingSession } from "./session.ts";

/** Statements that bring a schema to its next version. */
type Migration = (engine: Engine) => readonly RawBuilder<unknown>[];

/** Migration n brings version n-1 to n. Published ones never change. */
const migrations: readonly Migration[] = [firstTables];

/** Runs what is missing, all in one transaction. @throws {StrongroomError} `StoreUnavailable` on a newer store. */
export async function migrate(session: WritingSession, engine: Engine): Promise<void> {
  const { queries, integer, table } = engine;
  const run = (statement: RawBuilder<unknown>) =>
    session.run({ compile: () => statement.compile(queries) });
  await inTransaction(session, async () => {
    await run(
      sql`create table if not exists schema_version (version ${integer} not null) ${table}`,
    );
    const { rows } = await session.run(queries.selectFrom("schema_version").select("version"));
    const version = rows[0]?.version ?? 0;
    if (version > migrations.length) {
      throw new StrongroomError("StoreUnavailable", "the store was written by a newer release");
    }
    if (version === migrations.length) {
      return;
    }
    for (const statement of migrations.slice(version).flatMap((migration) => migration(engine))) {
      await run(statement);
    }
    await session.run(queries.deleteFrom("schema_version"));
    const row = { version: migrations.length };
    await session.run(queries.insertInto("schema_version").values(row));
  });
}
