// SPDX-License-Identifier: Apache-2.0
/** Kysely's dialect for a SQLite connection that lives in a thread. */

import { StrongroomError } from "@strongroom/core";
import { type Dialect, type Driver, Kysely, SqliteAdapter, SqliteQueryCompiler } from "kysely";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { Tables } from "./tables.ts";

/** A reader's queries need not wait for each other's answers, as none of them opens a transaction. */
class ReaderAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Queries over the connection that writes: whoever has it has it alone. */
export function writerOver(connection: SqliteConnection): Kysely<Tables> {
  return new Kysely({ dialect: dialectOver(connection, () => new SqliteAdapter()) });
}

/** Queries over a connection that only reads. */
export function readerOver(connection: SqliteConnection): Kysely<Tables> {
  return new Kysely({ dialect: dialectOver(connection, () => new ReaderAdapter()) });
}

function dialectOver(connection: SqliteConnection, createAdapter: () => SqliteAdapter): Dialect {
  return {
    createAdapter,
    createDriver: () => driverOver(connection),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: () => {
      throw new StrongroomError("Internal", "the store's schema is not introspected");
    },
  };
}

function driverOver(connection: SqliteConnection): Driver {
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: async () => connection.begin(),
    commitTransaction: () => connection.commit(),
    rollbackTransaction: () => connection.rollback(),
    savepoint: async (_, name) => connection.defer(`savepoint ${name}`),
    rollbackToSavepoint: async (_, name) => connection.defer(`rollback to ${name}`),
    releaseSavepoint: async (_, name) => connection.defer(`release ${name}`),
    // Whoever opened the connection closes it: Kysely would leave open what it never used.
    destroy: async () => undefined,
  };
}
