// SPDX-License-Identifier: Apache-2.0
/** Sources and tests of a package, in an order that is always the same. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findMutants, type MutatedSource } from "./find-mutants.ts";
import { readRemovals } from "./read-removals.ts";

/** What a run is about: the checks that a table names, or everything that can be broken. */
export function readFaults(folder: string, table?: string): readonly MutatedSource[] {
  return table === undefined ? readSources(folder) : readRemovals(folder, table);
}

/** Sources with their faults, numbered through. */
function readSources(folder: string): readonly MutatedSource[] {
  const files = globSync("src/**/*.ts", { cwd: folder })
    .filter((path) => !path.endsWith(".test.ts") && !path.includes("__fixtures__"))
    .toSorted();
  const sources: MutatedSource[] = [];
  let next = 0;
  for (const path of files) {
    const file = join(folder, path);
    const source = findMutants(file, readFileSync(file, "utf8"), next);
    next += source.mutants.length;
    sources.push(source);
  }
  return sources;
}

/** Test files. */
export function findTests(folder: string): readonly string[] {
  return globSync("src/**/*.test.ts", { cwd: folder })
    .toSorted()
    .map((path) => join(folder, path));
}
