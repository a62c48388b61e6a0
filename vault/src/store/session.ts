// SPDX-License-Identifier: Apache-2.0
/** A connection to a database as the store uses it: queries are built by Kysely and sent without waiting. */

import type { Compilable, QueryResult } from "kysely";

/** Sends queries in the order of the calls; none waits for the answer to the one before. */
export interface Session {
  /** @throws {StrongroomError} `Conflict` on a broken constraint, `StoreUnavailable` otherwise. */
  run<Row>(query: Compilable<Row>): Promise<QueryResult<Row>>;
}

/** A session with transactions, one at a time. */
export interface WritingSession extends Session {
  begin(): void;
  /** A statement without an answer, savepoints namely; where it fails, so does the next query. */
  defer(sql: string): void;
  commit(): Promise<void>;
  /** Ends the transaction without a trace, also one that the database has rolled back already. */
  rollback(): Promise<void>;
}

/** Runs `work` in a transaction of `session`. */
export async function inTransaction<T>(
  session: WritingSession,
  work: () => Promise<T>,
): Promise<T> {
  session.begin();
  try {
    const result = await work();
    await session.commit();
    return result;
  } catch (error) {
    await session.rollback();
    throw error;
  }
}
