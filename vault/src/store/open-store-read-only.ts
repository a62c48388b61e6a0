// SPDX-License-Identifier: Apache-2.0
/** Opens an embedded store, or a copy of one, to look at it. */

import { sqliteEngine } from "./engine.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import type { StoreReader, StoreScanner } from "./store.ts";
import { createStoreReader } from "./store-reader.ts";
import { createStoreScanner } from "./store-scanner.ts";

/** What can be read of a store. */
export interface OpenedStore extends StoreReader, StoreScanner, Disposable {}

/** Opens the file; a vault may have it open at the same time. @throws {StrongroomError} `StoreUnavailable`, `StoreTampered` */
export function openStoreReadOnly(file: string): OpenedStore {
  const reader = SqliteReader.open(file);
  const { queries } = sqliteEngine;
  return {
    ...createStoreReader(queries, reader),
    ...createStoreScanner(queries, reader),
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}
