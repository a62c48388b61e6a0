// SPDX-License-Identifier: Apache-2.0
/** Brings a store's schema to the version that this program knows. */

import { StrongroomError } from "@strongroom/core";
import { type Kysely, sql } from "kysely";
import type { Engine } from "./engine.ts";
import { createFirstTables } from "./migration-0001.ts";
import type { Tables } from "./tables.ts";

type Migration = (db: Kysely<Tables>, engine: Engine) => Promise<void>;

/** Migration n brings version n-1 to n. Published ones never change. */
const migrations: readonly Migration[] = [createFirstTables];

/** Runs what is missing, all in one transaction. @throws {StrongroomError} `StoreUnavailable` on a newer store. */
export async function migrate(db: Kysely<Tables>, engine: Engine): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`create table if not exists schema_version (version ${engine.integer} not null) ${engine.table}`.execute(
      tx,
    );
    const row = await tx.selectFrom("schema_version").select("version").executeTakeFirst();
    const version = row?.version ?? 0;
    if (version > migrations.length) {
      throw new StrongroomError("StoreUnavailable", "the store was written by a newer release");
    }
    if (version === migrations.length) {
      return;
    }
    for (const migration of migrations.slice(version)) {
      await migration(tx, engine);
    }
    await tx.deleteFrom("schema_version").execute();
    await tx.insertInto("schema_version").values({ version: migrations.length }).execute();
  });
}
