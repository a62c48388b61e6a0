// SPDX-License-Identifier: Apache-2.0
/** Opens the embedded store: one SQLite file, a thread that writes, and a connection that reads. */

import { createStore } from "./create-store.ts";
import { sqliteEngine } from "./engine.ts";
import { schemaOf } from "./schema.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { SqliteWriter } from "./sqlite-writer.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store in `file`, and makes it where it is missing (mode 0600, in a directory that exists).
 *
 * @throws {StrongroomError} `StoreUnavailable` if another process has it open, a newer release wrote it, or it
 * cannot be made durable; `StoreTampered` if the file is damaged.
 */
export async function openSqliteStore(file: string): Promise<Store> {
  await using stack = new AsyncDisposableStack();
  const writer = stack.use(await SqliteWriter.open({ file, schema: schemaOf(sqliteEngine) }));
  const reader = stack.use(SqliteReader.open(file));
  // The reader goes first: the last connection to close folds the write-ahead log into the file.
  const connections = stack.move();
  return createStore({
    queries: sqliteEngine.queries,
    writer,
    reader,
    openSnapshot: () => SqliteReader.openSnapshot(file),
    close: () => connections.disposeAsync(),
  });
}
