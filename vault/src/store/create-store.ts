// SPDX-License-Identifier: Apache-2.0
/** The store over Kysely: one implementation, whatever the engine. */

import { StrongroomError } from "@strongroom/core";
import type { Compilable, Kysely } from "kysely";
import { inTransaction, type Session, type WritingSession } from "./session.ts";
import type { SavepointTransaction, Store, StoredRecord, StoreTransaction } from "./store.ts";
import { createStoreReader, createStoreScanner } from "./store-reader.ts";
import type { Tables } from "./tables.ts";

/** What a store stands on. */
export interface StoreConnections {
  readonly queries: Kysely<Tables>;
  /** Transactions go here, one after the other. */
  readonly writer: WritingSession;
  /** Sees what is committed. */
  readonly reader: Session;
  close(): Promise<void>;
}

/** The store over `connections`, which it closes. */
export function createStore({ queries, writer, reader, close }: StoreConnections): Store {
  const reads = createStoreReader(queries, reader);
  const tx = { ...createTransaction(queries, writer), savepoint: createSavepoint(writer) };
  const inTurn = createQueue();
  return {
    ...reads,
    ...createStoreScanner(queries, reader),
    readUnverified: reads.record,
    transaction: (work) => inTurn(() => inTransaction(writer, () => work(tx))),
    purgeSpent: (before) =>
      inTurn(() =>
        inTransaction(writer, async () => {
          const query = queries.deleteFrom("spent").where("expires_at", "<", before.getTime());
          return Number((await writer.run(query)).numAffectedRows);
        }),
      ),
    [Symbol.asyncDispose]: close,
  };
}

type Queue = <T>(work: () => Promise<T>) => Promise<T>;

function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

// Savepoints nest: SQL takes the innermost of a name.
function createSavepoint(writer: WritingSession): SavepointTransaction["savepoint"] {
  return async (work) => {
    writer.defer("savepoint part");
    try {
      const result = await work();
      writer.defer("release savepoint part");
      return result;
    } catch (error) {
      writer.defer("rollback to savepoint part");
      writer.defer("release savepoint part");
      throw error;
    }
  };
}

function createTransaction(queries: Kysely<Tables>, writer: WritingSession): StoreTransaction {
  return {
    ...createStoreReader(queries, writer),
    putRecord: (record) => putRecord(queries, writer, record),
    putValue: async (value) => {
      await writer.run(queries.insertInto("sealed_values").values(value));
    },
    removeValue: ({ scope, id }) =>
      runOnOne(
        writer,
        queries.deleteFrom("sealed_values").where("scope", "=", scope).where("id", "=", id),
      ),
    spend: async (id, expiresAt) => {
      const query = queries
        .insertInto("spent")
        .values({ id, expires_at: expiresAt.getTime() })
        .onConflict((conflict) => conflict.doNothing());
      return (await writer.run(query)).numAffectedRows === 1n;
    },
    appendLeaf: async ({ log, index, bytes }) => {
      await writer.run(queries.insertInto("leaves").values({ log, position: index, bytes }));
    },
  };
}

async function putRecord(
  queries: Kysely<Tables>,
  writer: WritingSession,
  { scope, id, revision, body, mac }: StoredRecord,
): Promise<void> {
  if (revision === 1) {
    await writer.run(queries.insertInto("records").values({ scope, id, revision, body, mac }));
    return;
  }
  const query = queries
    .updateTable("records")
    .set({ revision, body, mac })
    .where("scope", "=", scope)
    .where("id", "=", id)
    .where("revision", "=", revision - 1);
  await runOnOne(writer, query);
}

async function runOnOne(writer: WritingSession, query: Compilable<unknown>): Promise<void> {
  if ((await writer.run(query)).numAffectedRows !== 1n) {
    throw new StrongroomError("Conflict", "the store's row is not the one that was to be replaced");
  }
}
