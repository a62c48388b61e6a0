// SPDX-License-Identifier: Apache-2.0
/** Changes of the store, in Kysely's words; each changes one row or does not apply. */

import { assertNever, type RecordKey } from "@strongroom/core";
import type { Kysely } from "kysely";
import { type BoundQuery, prepareQuery } from "./prepared-query.ts";
import type { StoredLeaf, StoredRecord, StoredValue, StoreWrite } from "./store.ts";
import type { Tables } from "./tables.ts";

type Row<T> = { readonly [Name in keyof T]: T[Name] & (string | number | Uint8Array) };

/** Translates changes into queries. */
export function createStoreWrites(db: Kysely<Tables>): (write: StoreWrite) => BoundQuery {
  const queries = prepareWrites(db);
  return (write) => {
    switch (write.kind) {
      case "record":
        return write.record.revision === 1
          ? queries.insertRecord(write.record)
          : queries.replaceRecord({ ...write.record, before: write.record.revision - 1 });
      case "value":
        return queries.insertValue(write.value);
      case "removeValue":
        return queries.deleteValue(write.key);
      case "leaf":
        return queries.insertLeaf(write.leaf);
      case "checkpoint":
        return queries.putCheckpoint({ bytes: write.bytes });
      default:
        return assertNever(write);
    }
  };
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
    insertLeaf: prepareQuery<Row<StoredLeaf>>(({ log, index, bytes }) =>
      db.insertInto("leaves").values({ log, position: index, bytes }),
    ),
    putCheckpoint: prepareQuery<{ readonly bytes: Uint8Array }>(({ bytes }) =>
      db
        .insertInto("checkpoints")
        .values({ slot: 1, bytes })
        .onConflict((conflict) => conflict.column("slot").doUpdateSet({ bytes })),
    ),
  };
}
