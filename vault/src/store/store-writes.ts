// SPDX-License-Identifier: Apache-2.0
/** Changes of the store, in Kysely's words; each changes one row or does not apply. */

import { assertNever, type RecordKey } from "@strongroom/core";
import { type Kysely, sql } from "kysely";
import { type BoundQuery, prepareQuery } from "./prepared-query.ts";
import type { Statement } from "./sqlite-protocol.ts";
import type { StoredRecord, StoredValue, StoreWrite } from "./store.ts";
import type { Tables } from "./tables.ts";

type Row<T> = { readonly [Name in keyof T]: T[Name] & (string | number | Uint8Array) };

/** Translates changes into queries. */
export function createStoreWrites(db: Kysely<Tables>): (write: StoreWrite) => Statement {
  const queries = prepareWrites(db);
  return (write) => {
    switch (write.kind) {
      case "record":
        return once(
          write.record.revision === 1
            ? queries.insertRecord(write.record)
            : queries.replaceRecord({ ...write.record, before: write.record.revision - 1 }),
        );
      case "restoredRecord":
        return once(queries.insertRecord(write.record));
      case "value":
        return once(queries.insertValue(write.value));
      case "removeValue":
        return once(queries.deleteValue(write.key));
      case "leaves":
        return insertLeaves(queries.insertLeaf, write);
      case "checkpoint":
        return once(queries.putCheckpoint({ bytes: write.bytes }));
      default:
        return assertNever(write);
    }
  };
}

type InsertLeaf = (leaf: Leaf) => BoundQuery;
type Leaf = { readonly log: string; readonly index: number; readonly text: string };

function once({ sql, parameters }: BoundQuery): Statement {
  return { sql, rows: [parameters] };
}

function insertLeaves(
  insert: InsertLeaf,
  { log, from, texts }: Extract<StoreWrite, { readonly kind: "leaves" }>,
): Statement {
  const queries = texts.map((text, i) => insert({ log, index: from + i, text }));
  return { sql: queries[0]?.sql ?? "", rows: queries.map(({ parameters }) => parameters) };
}

function prepareWrites(db: Kysely<Tables>) {
  return {
    insertRecord: prepareQuery<Row<StoredRecord>>(({ scope, id, revision, body, mac }) =>
      db.insertInto("records").values({ scope, id, revision, body, mac }),
    ),
    replaceRecord: prepareQuery<Row<StoredRecord & { readonly before: number }>>(
      ({ scope, id, revision, body, mac, before }) =>
        db
          .updateTable("records")
          .set({ revision, body, mac })
          .where("scope", "=", scope)
          .where("id", "=", id)
          .where("revision", "=", before),
    ),
    insertValue: prepareQuery<Row<StoredValue>>(({ scope, id, sealed }) =>
      db.insertInto("sealed_values").values({ scope, id, sealed }),
    ),
    deleteValue: prepareQuery<Row<RecordKey>>(({ scope, id }) =>
      db.deleteFrom("sealed_values").where("scope", "=", scope).where("id", "=", id),
    ),
    // As text it crosses to the thread at a fraction of what an array of bytes costs.
    insertLeaf: prepareQuery<Leaf>(({ log, index, text }) =>
      db
        .insertInto("leaves")
        .values({ log, position: index, bytes: sql<Uint8Array>`cast(${text} as blob)` }),
    ),
    putCheckpoint: prepareQuery<{ readonly bytes: Uint8Array }>(({ bytes }) =>
      db
        .insertInto("checkpoints")
        .values({ slot: 1, bytes })
        .onConflict((conflict) => conflict.column("slot").doUpdateSet({ bytes })),
    ),
  };
}
