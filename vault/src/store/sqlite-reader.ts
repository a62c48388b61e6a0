// SPDX-License-Identifier: Apache-2.0
/**
 * The reading connection of a SQLite file, in the caller's thread.
 *
 * A row that SQLite or the kernel has in memory costs a few microseconds here and ten times that from another thread;
 * what has to come from the disk holds up the others for as long as the disk takes.
 */

import type { StatementSync } from "node:sqlite";
import type { BoundQuery } from "./prepared-query.ts";
import type { ReadingSession } from "./session.ts";
import { storeUnavailable, toFailure, toStoreError } from "./sqlite-failure.ts";
import { type OpenDatabase, openSqlite } from "./sqlite-open.ts";

/** The connection. */
export class SqliteReader implements ReadingSession, Disposable {
  readonly #database: OpenDatabase;
  readonly #prepared = new Map<string, StatementSync>();
  #isClosed = false;

  private constructor(database: OpenDatabase) {
    this.#database = database;
  }

  /** Opens the file, which the writer has made. @throws {StrongroomError} `StoreUnavailable`, `StoreTampered`. */
  static open(file: string): SqliteReader {
    return attempt(() => new SqliteReader(openSqlite({ file, role: "reader" })));
  }

  async rows<Row>({ sql, parameters }: BoundQuery<Row>): Promise<readonly Row[]> {
    if (this.#isClosed) {
      throw storeUnavailable("the store is closed", undefined);
    }
    return attempt(() => this.#prepare(sql).all(...parameters) as Row[]);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#database[Symbol.dispose]();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = this.#database.db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(toFailure(error));
  }
}
