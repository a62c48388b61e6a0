// SPDX-License-Identifier: Apache-2.0
/** Connections to a database as the store uses them: one that reads, and one that commits batches. */

import type { BoundQuery } from "./prepared-query.ts";
import type { Batch } from "./sqlite-protocol.ts";
import type { Committed } from "./store.ts";

/** Runs queries over what is committed. */
export interface ReadingSession {
  /** @throws {StrongroomError} `StoreUnavailable`, or `StoreTampered` if the file is damaged. */
  rows<Row>(query: BoundQuery<Row>): Promise<readonly Row[]>;
}

/** Commits batches, one after the other. */
export interface WritingSession {
  /**
   * Runs all of it in one transaction, which is durable when this resolves.
   *
   * @throws {StrongroomError} `Conflict` if a statement does not change one row or breaks a constraint, `StoreUnavailable` otherwise.
   */
  commit(batch: Batch): Promise<Committed>;
}
