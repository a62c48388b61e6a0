// SPDX-License-Identifier: Apache-2.0
/** What failures of SQLite mean to the store's callers. */

import type { Failure } from "./sqlite-protocol.ts";

/** Primary result codes of SQLite. https://sqlite.org/rescode.html */
const constraint = 19;
const corrupt = 11;
const notADatabase = 26;

/** A failure that was found here, not by SQLite; it becomes a `Failure`. */
export class SqliteRefusal extends Error {
  override readonly name = "SqliteRefusal";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The failure for what was thrown. */
export function toFailure(error: unknown): Failure {
  if (error instanceof SqliteRefusal) {
    return error.failure;
  }
  const detail = error instanceof Error ? error.message : "unknown";
  const errcode = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // The low byte is the primary code; what lies above it is detail.
  switch (errcode & 0xff) {
    case constraint:
      return { code: "Conflict", message: "the store has such a row already", detail };
    case corrupt:
    case notADatabase:
      return { code: "StoreTampered", message: "the store's file is damaged", detail };
    default:
      return { code: "StoreUnavailable", message: "the store failed", detail };
  }
}
