// SPDX-License-Identifier: Apache-2.0
/** The store over Kysely's queries: one implementation, whatever the engine. */

import type { Kysely } from "kysely";
import type { ReadingSession, WritingSession } from "./session.ts";
import type { Store } from "./store.ts";
import { createStoreReader } from "./store-reader.ts";
import { createStoreScanner } from "./store-scanner.ts";
import { createStoreWrites } from "./store-writes.ts";
import type { Tables } from "./tables.ts";

/** What a store stands on. */
export interface StoreConnections {
  readonly queries: Kysely<Tables>;
  readonly writer: WritingSession;
  /** Sees what is committed. */
  readonly reader: ReadingSession;
  close(): Promise<void>;
}

/** The store over `connections`, which it closes. */
export function createStore({ queries, writer, reader, close }: StoreConnections): Store {
  const reads = createStoreReader(queries, reader);
  const toQuery = createStoreWrites(queries);
  return {
    ...reads,
    ...createStoreScanner(queries, reader),
    readUnverified: reads.record,
    commit: (writes) => writer.commit(writes.map(toQuery)),
    [Symbol.asyncDispose]: close,
  };
}
