// SPDX-License-Identifier: Apache-2.0
/** Reads by key, in Kysely's words. */

import type { Kysely } from "kysely";
import { prepareQuery } from "./prepared-query.ts";
import type { ReadingSession } from "./session.ts";
import type { StoredRecord, StoreReader } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Reads by key over `session`. */
export function createStoreReader(db: Kysely<Tables>, session: ReadingSession): StoreReader {
  const queries = prepareReads(db);
  return {
    record: async ({ scope, id }) => (await session.rows(queries.record({ scope, id })))[0],
    records: async (scope, prefix, { after = "", limit }) => {
      const end = endOfPrefix(prefix);
      return await session.rows(queries.records({ scope, prefix, end, after, limit }));
    },
    value: async ({ scope, id }) => (await session.rows(queries.value({ scope, id })))[0]?.sealed,
  };
}

type Key = { readonly scope: string; readonly id: string };
type Range = {
  readonly scope: string;
  readonly prefix: string;
  readonly end: string;
  readonly after: string;
  readonly limit: number;
};

function prepareReads(db: Kysely<Tables>) {
  const records = db.selectFrom("records").selectAll();
  return {
    record: prepareQuery<Key, StoredRecord>(({ scope, id }) =>
      records.where("scope", "=", scope).where("id", "=", id),
    ),
    records: prepareQuery<Range, StoredRecord>(({ scope, prefix, end, after, limit }) =>
      records
        .where("scope", "=", scope)
        .where("id", ">=", prefix)
        .where("id", "<", end)
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit),
    ),
    value: prepareQuery<Key, { readonly sealed: Uint8Array }>(({ scope, id }) =>
      db
        .selectFrom("sealed_values")
        .select("sealed")
        .where("scope", "=", scope)
        .where("id", "=", id),
    ),
  };
}

// Ids are ASCII, so the character behind all of them ends the range of a prefix.
function endOfPrefix(prefix: string): string {
  return `${prefix}\u{7f}`;
}
