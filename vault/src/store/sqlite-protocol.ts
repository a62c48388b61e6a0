// SPDX-License-Identifier: Apache-2.0
/** Messages between the store and the thread that writes. */

import type { SqlValue } from "./prepared-query.ts";

/** Statements that make the tables; migration n brings version n-1 to n. */
export interface Schema {
  readonly versionTable: string;
  readonly migrations: readonly (readonly string[])[];
}

/** What a connection opens. */
export interface OpenRequest {
  readonly file: string;
  /** The writer makes the file, takes the lock and checks its integrity. */
  readonly role: "writer" | "reader";
}

/** What the thread opens, its `workerData`; it brings the schema up to date. */
export interface WriterRequest {
  readonly file: string;
  readonly schema: Schema;
}

/** A statement that is run for each row of parameters; each time it must change one row. */
export interface Statement {
  readonly sql: string;
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Statements of one transaction. */
export type Batch = readonly Statement[];

/** Outcome of a batch. */
export type BatchResult =
  | { readonly kind: "done"; readonly changedByOthers: boolean }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Why something failed, in a form that crosses threads. */
export interface Failure {
  readonly code: "Conflict" | "StoreTampered" | "StoreUnavailable";
  /** Safe to show. */
  readonly message: string;
  /** SQLite's or the system's own words, for our log. */
  readonly detail?: string;
}

/** First message of the thread. */
export type OpenResult =
  | { readonly kind: "open" }
  | { readonly kind: "refused"; readonly failure: Failure };
