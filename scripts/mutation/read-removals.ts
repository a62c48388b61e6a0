// SPDX-License-Identifier: Apache-2.0
/** Reads a table of checks that tests have to miss when they are gone, and finds each in its source. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant, MutatedSource } from "./find-mutants.ts";

/** A row of a table. */
interface Removal {
  readonly item: string;
  readonly pitfall: string;
  /** Below the package's `src`. */
  readonly file: string;
  /** Text that is in the file once, whatever its white space; what is between «these» is the check. */
  readonly check: string;
  /** What stands in its place. */
  readonly removed: string;
  /** A part of the names of the tests that have to fail. */
  readonly test: string;
}

/** The sources that a table names, with its removals for faults. */
export function readRemovals(folder: string, table: string): readonly MutatedSource[] {
  const rows: readonly Removal[] = JSON.parse(readFileSync(table, "utf8"));
  const numbered = rows.map((row, id) => ({ ...row, id }));
  return [...Map.groupBy(numbered, ({ file }) => file)].map(([path, removals]) => {
    const file = join(folder, "src", path);
    const text = readFileSync(file, "utf8");
    return { file, text, mutants: removals.map((one) => toMutant(one, file, text)) };
  });
}

function toMutant(row: Removal & { readonly id: number }, file: string, text: string): Mutant {
  const [before = "", check = "", after = ""] = row.check.split(/[«»]/u).map(toPattern);
  const found = [...text.matchAll(new RegExp(`${before}(${check})${after}`, "dgu"))];
  const [start, end] = found[0]?.indices?.[1] ?? [];
  if (found.length !== 1 || start === undefined || end === undefined) {
    throw new Error(`${row.file} has not once, but ${found.length} times: ${row.check}`);
  }
  return {
    ...{ id: row.id, file, start, end, replacement: row.removed, test: row.test },
    ...{ kind: `${row.item} ${row.pitfall}`, line: text.slice(0, start).split("\n").length },
    isBlock: text[start] === "{",
  };
}

function toPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`).replaceAll(/\s+/gu, "\\s+");
}
