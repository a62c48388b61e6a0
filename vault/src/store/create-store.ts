// SPDX-License-Identifier: Apache-2.0
/** The store over Kysely: one implementation, whatever the engine. */

import { type RecordKey, StrongroomError } from "@strongroom/core";
import type { ControlledTransaction, Kysely } from "kysely";
import type { SavepointTransaction, Store, StoredRecord, StoreTransaction } from "./store.ts";
import { createStoreReader, createStoreScanner } from "./store-reader.ts";
import type { Tables } from "./tables.ts";

/** Connections of a store. */
export interface StoreConnections {
  /** Transactions go here, one after the other. */
  readonly writer: Kysely<Tables>;
  /** Sees what is committed. */
  readonly reader: Kysely<Tables>;
  close(): Promise<void>;
}

/** The store over `connections`, which it closes. */
export function createStore({ writer, reader, close }: StoreConnections): Store {
  const reads = createStoreReader(reader);
  return {
    ...reads,
    ...createStoreScanner(reader),
    readUnverified: reads.record,
    transaction: (work) => transact(writer, work),
    purgeSpent: (before) =>
      transact(writer, async (_, db) => {
        const query = db.deleteFrom("spent").where("expires_at", "<", before.getTime());
        const { numDeletedRows } = await query.executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      }),
    [Symbol.asyncDispose]: close,
  };
}

type Transaction = ControlledTransaction<Tables>;

async function transact<T>(
  writer: Kysely<Tables>,
  work: (tx: SavepointTransaction, db: Transaction) => Promise<T>,
): Promise<T> {
  const db = await writer.startTransaction().execute();
  try {
    const tx = { ...createTransaction(db), savepoint: createSavepoint(db) };
    const result = await work(tx, db);
    await db.commit().execute();
    return result;
  } catch (error) {
    await db.rollback().execute();
    throw error;
  }
}

const savepointName = "part";

function createSavepoint(db: Transaction): SavepointTransaction["savepoint"] {
  return async (work) => {
    const point = await db.savepoint(savepointName).execute();
    try {
      const result = await work();
      await point.releaseSavepoint(savepointName).execute();
      return result;
    } catch (error) {
      await point.rollbackToSavepoint(savepointName).execute();
      await point.releaseSavepoint(savepointName).execute();
      throw error;
    }
  };
}

function createTransaction(db: Transaction): StoreTransaction {
  return {
    ...createStoreReader(db),
    putRecord: (record) => putRecord(db, record),
    putValue: async (value) => {
      await db.insertInto("sealed_values").values(value).execute();
    },
    removeValue: async ({ scope, id }: RecordKey) => {
      const query = db.deleteFrom("sealed_values").where("scope", "=", scope).where("id", "=", id);
      expectOneRow((await query.executeTakeFirstOrThrow()).numDeletedRows);
    },
    spend: async (id, expiresAt) => {
      const query = db
        .insertInto("spent")
        .values({ id, expires_at: expiresAt.getTime() })
        .onConflict((conflict) => conflict.doNothing());
      return (await query.executeTakeFirstOrThrow()).numInsertedOrUpdatedRows === 1n;
    },
    appendLeaf: async ({ log, index, bytes }) => {
      await db.insertInto("leaves").values({ log, position: index, bytes }).execute();
    },
  };
}

async function putRecord(db: Transaction, record: StoredRecord): Promise<void> {
  const { scope, id, revision, body, mac } = record;
  if (revision === 1) {
    await db.insertInto("records").values({ scope, id, revision, body, mac }).execute();
    return;
  }
  const query = db
    .updateTable("records")
    .set({ revision, body, mac })
    .where("scope", "=", scope)
    .where("id", "=", id)
    .where("revision", "=", revision - 1);
  expectOneRow((await query.executeTakeFirstOrThrow()).numUpdatedRows);
}

function expectOneRow(count: bigint): void {
  if (count !== 1n) {
    throw new StrongroomError("Conflict", "the store's row is not the one that was to be replaced");
  }
}
