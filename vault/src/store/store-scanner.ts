// SPDX-License-Identifier: Apache-2.0
/** Reads of everything, in Kysely's words. */

import { type Kysely, sql } from "kysely";
import { prepareQuery } from "./prepared-query.ts";
import type { ReadingSession } from "./session.ts";
import type { StoredLeaf, StoredRecord, StoredValue, StoreScanner } from "./store.ts";
import type { Tables } from "./tables.ts";

type Behind = { readonly scope: string; readonly id: string; readonly limit: number };
type Leaves = { readonly log: string; readonly from: number; readonly limit: number };

/** Reads of everything over `session`. */
export function createStoreScanner(db: Kysely<Tables>, session: ReadingSession): StoreScanner {
  const queries = prepareScans(db);
  const { scope, id } = { scope: "", id: "" };
  return {
    logs: () => everyLog(async (after) => (await session.rows(queries.nextLog({ after })))[0]?.log),
    leaves: (log, { from, limit }) => session.rows(queries.leaves({ log, from, limit })),
    everyRecord: ({ after = { scope, id }, limit }) =>
      session.rows(queries.records({ scope: after.scope, id: after.id, limit })),
    everyValue: ({ after = { scope, id }, limit }) =>
      session.rows(queries.values({ scope: after.scope, id: after.id, limit })),
    checkpoint: async () => (await session.rows(queries.checkpoint({})))[0]?.bytes,
  };
}

// From log to log: `distinct` would walk over every leaf.
async function everyLog(next: (after: string) => Promise<string | undefined>) {
  const logs: string[] = [];
  for (let log = await next(""); log !== undefined; log = await next(log)) {
    logs.push(log);
  }
  return logs;
}

function prepareScans(db: Kysely<Tables>) {
  const behind = ({ scope, id }: Behind) => sql<boolean>`(scope, id) > (${scope}, ${id})`;
  return {
    nextLog: prepareQuery<{ readonly after: string }, { readonly log: string }>(({ after }) =>
      db.selectFrom("leaves").select("log").where("log", ">", after).orderBy("log").limit(1),
    ),
    leaves: prepareQuery<Leaves, StoredLeaf>(({ log, from, limit }) =>
      db
        .selectFrom("leaves")
        .select(["log", "position as index", "bytes"])
        .where("log", "=", log)
        .where("position", ">=", from)
        .orderBy("position")
        .limit(limit),
    ),
    records: prepareQuery<Behind, StoredRecord>((values) =>
      db
        .selectFrom("records")
        .selectAll()
        .where(behind(values))
        .orderBy("scope")
        .orderBy("id")
        .limit(values.limit),
    ),
    values: prepareQuery<Behind, StoredValue>((values) =>
      db
        .selectFrom("sealed_values")
        .selectAll()
        .where(behind(values))
        .orderBy("scope")
        .orderBy("id")
        .limit(values.limit),
    ),
    checkpoint: prepareQuery<Record<string, never>, { readonly bytes: Uint8Array }>(() =>
      db.selectFrom("checkpoints").select("bytes"),
    ),
  };
}
