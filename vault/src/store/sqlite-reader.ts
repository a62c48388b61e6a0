// SPDX-License-Identifier: Apache-2.0
/**
 * The reading connection of a SQLite file, in the caller's thread.
 *
 * A row that SQLite or the kernel has in memory costs a few microseconds here and ten times that from another thread;
 * what has to come from the disk holds up the others for as long as the disk takes. Who reads a lot lets the others in
 * between.
 */

import type { StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { BoundQuery } from "./prepared-query.ts";
import type { ReadingSession } from "./session.ts";
import { toFailure } from "./sqlite-failure.ts";
import { type OpenDatabase, openSqlite } from "./sqlite-open.ts";
import { storeUnavailable, toStoreError } from "./store-errors.ts";

/** Milliseconds of reading after which others have their turn. */
const sliceMs = 5;

/** The connection. */
export class SqliteReader implements ReadingSession, Disposable {
  readonly #database: OpenDatabase;
  readonly #prepared = new Map<string, StatementSync>();
  #isClosed = false;
  #sliceEnd = 0;

  private constructor(database: OpenDatabase) {
    this.#database = database;
  }

  /** Opens the file, which the writer has made. @throws {StrongroomError} `StoreUnavailable`, `StoreTampered`. */
  static open(file: string): SqliteReader {
    return attempt(() => new SqliteReader(openSqlite({ file, role: "reader" })));
  }

  /** As `open`, and what is committed later is not seen. */
  static openSnapshot(file: string): SqliteReader {
    const reader = SqliteReader.open(file);
    return attempt(() => {
      // A transaction begins with its first read.
      reader.#database.db.exec("begin; select version from schema_version");
      return reader;
    });
  }

  async rows<Row>({ sql, parameters }: BoundQuery<Row>): Promise<readonly Row[]> {
    if (this.#isClosed) {
      throw storeUnavailable("the store is closed", undefined);
    }
    if (performance.now() > this.#sliceEnd) {
      await setImmediate();
      this.#sliceEnd = performance.now() + sliceMs;
      return await this.rows({ sql, parameters });
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
