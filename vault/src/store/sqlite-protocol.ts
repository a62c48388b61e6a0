// SPDX-License-Identifier: Apache-2.0
/** Messages between the store and the thread of a SQLite connection. */

import type { SQLInputValue } from "node:sqlite";

/** What the thread opens, its `workerData`. */
export interface OpenRequest {
  readonly file: string;
  /** The writer makes the file, takes the lock and checks the file's integrity. */
  readonly role: "writer" | "reader";
}

/** One statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** Statements that run in order until one fails. */
export interface Unit {
  /** Whether they belong to a transaction: they are refused where SQLite has rolled it back on its own. */
  readonly inTransaction: boolean;
  readonly statements: readonly Statement[];
}

/** Outcome of a unit: what its last statement gave, or why one failed. */
export type UnitResult =
  | { readonly kind: "done"; readonly rows: readonly unknown[]; readonly changes: number }
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
