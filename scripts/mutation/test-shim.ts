// SPDX-License-Identifier: Apache-2.0
/** Stands in the place of `@jest/globals`: collects tests, so that one of them can be run again and again in one process. */

import { format } from "node:util";

export { expect } from "expect";

/** A test with the path of its titles. */
export interface CollectedTest {
  readonly name: string;
  readonly run: () => unknown;
}

type Hook = () => unknown;

const titles: string[] = [];
const endings: Hook[] = [];
let collected: CollectedTest[] = [];
let beginnings: Hook[] = [];

/** What was collected since it was last asked for. */
export function takeTests(): readonly CollectedTest[] {
  const taken = collected;
  collected = [];
  return taken;
}

/** What has to be done before the tests that were collected last, once for all faults. */
export function takeBeginnings(): readonly Hook[] {
  const taken = beginnings;
  beginnings = [];
  return taken;
}

/** Undoes what was done before tests. */
export async function runEndings(): Promise<void> {
  for (const end of endings) {
    await end();
  }
}

/** Jest's `beforeAll`. */
export function beforeAll(hook: Hook): void {
  beginnings.push(hook);
}

/** Jest's `afterAll`. */
export function afterAll(hook: Hook): void {
  endings.push(hook);
}

function collectSuite(title: string, body: () => void): void {
  titles.push(title);
  body();
  titles.pop();
}

function collectTest(title: string, run: () => unknown): void {
  collected.push({ name: [...titles, title].join(" > "), run });
}

// Skipped is skipped: no test, and nothing that it would cover.
function skip(): void {}

/** One test or suite for each row of a table, its values in the place of the title's `%s`, `%i`, `%j`. */
function forEach<Body>(collect: (title: string, body: Body) => void) {
  return (table: readonly unknown[]) => (title: string, body: (...row: unknown[]) => unknown) => {
    // As Jest has it: a list is a row only where all are lists.
    const rows = table.every(Array.isArray) ? table : table.map((entry) => [entry]);
    for (const row of rows as readonly (readonly unknown[])[]) {
      const rest = [...row];
      const name = title.replaceAll(/%[a-z]/gu, (place) => format(place, rest.shift()));
      collect(name, (() => body(...row)) as Body);
    }
  };
}

/** Jest's `describe`. */
export const describe = Object.assign(collectSuite, {
  each: forEach(collectSuite),
  skip: Object.assign(skip, { each: () => skip }),
});

/** Jest's `it`. */
export const it = Object.assign(collectTest, {
  each: forEach(collectTest),
  skip: Object.assign(skip, { each: () => skip }),
});
