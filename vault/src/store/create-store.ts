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
  /** Opens one that sees what is committed now, and nothing later. */
  readonly openSnapshot: () => ReadingSession & Disposable;
  close(): Promise<void>;
}

/** The store over `connections`, which it closes. */
export function createStore(connections: StoreConnections): Store {
  const { queries, writer, reader, openSnapshot, close } = connections;
  const reads = createStoreReader(queries, reader);
  const toQuery = createStoreWrites(queries);
  return {
    ...reads,
    ...createStoreScanner(queries, reader),
    readUnverified: reads.record,
    commit: (writes) => writer.commit(writes.map(toQuery)),
    snapshot: () => {
      const session = openSnapshot();
      const dispose = () => session[Symbol.dispose]();
      return { ...createStoreScanner(queries, session), [Symbol.dispose]: dispose };
    },
    [Symbol.asyncDispose]: close,
  };
}
