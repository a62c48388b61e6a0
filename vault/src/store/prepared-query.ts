// SPDX-License-Identifier: Apache-2.0
/** Queries that Kysely compiles once: compiling one costs more than running it. */

import type { Compilable } from "kysely";

/** What a parameter may be. */
export type SqlValue = string | number | Uint8Array;

/** A query with its parameters. `Row` is what it answers. */
export interface BoundQuery<Row = unknown> {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** Only for the type. */
  readonly row?: Row;
}

/** Stands in a query for the value of this name. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Compiles what `build` makes of placeholders; the answered function puts values in their places.
 *
 * A placeholder passes for a value of any type: the compiler copies it into the list of parameters and looks no closer.
 */
export function prepareQuery<Values extends { readonly [name: string]: SqlValue }, Row = unknown>(
  build: (values: Values) => Compilable<Row>,
): (values: Values) => BoundQuery<Row> {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });
  const { sql, parameters } = build(placeholders as Values).compile();
  return (values) => ({
    sql,
    parameters: parameters.map((each) =>
      each instanceof Placeholder ? (values[each.name] ?? "") : (each as SqlValue),
    ),
  });
}
