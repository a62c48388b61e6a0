// SPDX-License-Identifier: Apache-2.0
/** Reads of the store, in Kysely's words: the same inside and outside a transaction. */

import type { RecordKey } from "@strongroom/core";
import { type Kysely, sql } from "kysely";
import type { Session } from "./session.ts";
import type { StoreReader, StoreScanner } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Reads by key over `session`. */
export function createStoreReader(db: Kysely<Tables>, session: Session): StoreReader {
  return {
    record: async ({ scope, id }) => {
      const query = db.selectFrom("records").selectAll();
      return (await session.run(query.where("scope", "=", scope).where("id", "=", id))).rows[0];
    },
    records: async (scope, prefix, page) => {
      const query = db
        .selectFrom("records")
        .selectAll()
        .where("scope", "=", scope)
        .where("id", ">=", prefix)
        .where("id", "<", endOfPrefix(prefix))
        .where("id", ">", page.after ?? "")
        .orderBy("id")
        .limit(page.limit);
      return (await session.run(query)).rows;
    },
    value: async ({ scope, id }) => {
      const query = db.selectFrom("sealed_values").select("sealed");
      const found = await session.run(query.where("scope", "=", scope).where("id", "=", id));
      return found.rows[0]?.sealed;
    },
  };
}

/** Reads of everything over `session`. */
export function createStoreScanner(db: Kysely<Tables>, session: Session): StoreScanner {
  return {
    logs: async () => {
      const query = db.selectFrom("leaves").select("log").distinct().orderBy("log");
      return (await session.run(query)).rows.map((row) => row.log);
    },
    leaves: async (log, { from, limit }) => {
      const query = db
        .selectFrom("leaves")
        .select(["log", "position as index", "bytes"])
        .where("log", "=", log)
        .where("position", ">=", from)
        .orderBy("position")
        .limit(limit);
      return (await session.run(query)).rows;
    },
    everyRecord: async ({ after, limit }) => {
      const query = db.selectFrom("records").selectAll().where(behind(after));
      return (await session.run(query.orderBy("scope").orderBy("id").limit(limit))).rows;
    },
    everyValue: async ({ after, limit }) => {
      const query = db.selectFrom("sealed_values").selectAll().where(behind(after));
      return (await session.run(query.orderBy("scope").orderBy("id").limit(limit))).rows;
    },
  };
}

function behind(key: RecordKey = { scope: "", id: "" }) {
  return sql<boolean>`(scope, id) > (${key.scope}, ${key.id})`;
}

// Ids are ASCII, so the character behind all of them ends the range of a prefix.
function endOfPrefix(prefix: string): string {
  return `${prefix}\u{7f}`;
}
