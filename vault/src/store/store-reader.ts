// SPDX-License-Identifier: Apache-2.0
/** Reads of the store, in Kysely's words: the same inside and outside a transaction. */

import type { RecordKey } from "@strongroom/core";
import { type Kysely, sql } from "kysely";
import type { StoreReader, StoreScanner } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Reads by key over `db`. */
export function createStoreReader(db: Kysely<Tables>): StoreReader {
  return {
    record: ({ scope, id }) =>
      db
        .selectFrom("records")
        .selectAll()
        .where("scope", "=", scope)
        .where("id", "=", id)
        .executeTakeFirst(),
    records: async (scope, prefix, page) =>
      await db
        .selectFrom("records")
        .selectAll()
        .where("scope", "=", scope)
        .where("id", ">=", prefix)
        .where("id", "<", endOfPrefix(prefix))
        .where("id", ">", page.after ?? "")
        .orderBy("id")
        .limit(page.limit)
        .execute(),
    value: async ({ scope, id }) => {
      const row = await db
        .selectFrom("sealed_values")
        .select("sealed")
        .where("scope", "=", scope)
        .where("id", "=", id)
        .executeTakeFirst();
      return row?.sealed;
    },
  };
}

/** Reads of everything over `db`. */
export function createStoreScanner(db: Kysely<Tables>): StoreScanner {
  return {
    logs: async () => {
      const rows = await db.selectFrom("leaves").select("log").distinct().orderBy("log").execute();
      return rows.map((row) => row.log);
    },
    leaves: async (log, { from, limit }) =>
      await db
        .selectFrom("leaves")
        .select(["log", "position as index", "bytes"])
        .where("log", "=", log)
        .where("position", ">=", from)
        .orderBy("position")
        .limit(limit)
        .execute(),
    everyRecord: async ({ after, limit }) =>
      await db
        .selectFrom("records")
        .selectAll()
        .where(behind(after))
        .orderBy("scope")
        .orderBy("id")
        .limit(limit)
        .execute(),
    everyValue: async ({ after, limit }) =>
      await db
        .selectFrom("sealed_values")
        .selectAll()
        .where(behind(after))
        .orderBy("scope")
        .orderBy("id")
        .limit(limit)
        .execute(),
  };
}

function behind(key: RecordKey = { scope: "", id: "" }) {
  return sql<boolean>`(scope, id) > (${key.scope}, ${key.id})`;
}

// Ids are ASCII, so the character behind all of them ends the range of a prefix.
function endOfPrefix(prefix: string): string {
  return `${prefix}\u{7f}`;
}
