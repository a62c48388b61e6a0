// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the tests of a package against its faults, one fault at a time, all in one process: sources are instrumented as they
 * are loaded. Told by its parent which faults; says after each what became of it.
 */

import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findTests, readFaults } from "./find-sources.ts";
import { instrument } from "./instrument.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { installSwitch } from "./switch.ts";
import { runEndings, takeBeginnings, takeTests } from "./test-shim.ts";

interface KnownTest {
  readonly name: string;
  readonly run: () => unknown;
  readonly covers: ReadonlySet<number>;
  readonly milliseconds: number;
}

const root = resolve(import.meta.dirname, "../..");
const [folder = "", table] = process.argv.slice(2);
const state = installSwitch();
const sources = readFaults(join(root, folder), table);
const instrumented = new Map(sources.map((source) => [source.file, instrument(source)]));
const wanted = new Map(sources.flatMap(({ mutants }) => mutants.map(({ id, test }) => [id, test])));

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@jest/globals"
      ? next(pathToFileURL(join(import.meta.dirname, "test-shim.ts")).href, context)
      : next(specifier, context),
  load: (url, context, next) => {
    const text = url.startsWith("file:") ? instrumented.get(fileURLToPath(url)) : undefined;
    return text === undefined
      ? next(url, context)
      : { format: "module-typescript", source: text, shortCircuit: true };
  },
});

/** Faults that are asked for while modules are loaded: in a constant, they are there for good or not at all. */
const ofConstants = new Set<number>();

async function loadTests(): Promise<readonly KnownTest[]> {
  const tests: KnownTest[] = [];
  for (const file of findTests(join(root, folder))) {
    state.asked = ofConstants;
    await import(pathToFileURL(file).href);
    state.asked = new Set();
    for (const begin of takeBeginnings()) {
      await begin();
    }
    for (const { name, run } of takeTests()) {
      state.asked = new Set();
      const start = process.hrtime.bigint();
      await run();
      const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
      tests.push({ name, run, covers: state.asked, milliseconds });
    }
  }
  return tests.sort((one, other) => one.milliseconds - other.milliseconds);
}

async function judge(id: number, tests: readonly KnownTest[]): Promise<FromWorker> {
  const name = wanted.get(id) ?? "";
  const covering = tests.filter((test) => test.covers.has(id) && test.name.includes(name));
  for (const test of covering) {
    Object.assign(state, { active: id, turns: 0 });
    try {
      await test.run();
    } catch {
      return { kind: "judged", id, outcome: "killed", by: test.name };
    } finally {
      state.active = -1;
    }
  }
  if (covering.length > 0) {
    return { kind: "judged", id, outcome: "survived" };
  }
  // A check of a table has to be one that its test reaches.
  const isConstant = table === undefined && ofConstants.has(id);
  return { kind: "judged", id, outcome: isConstant ? "constant" : "not covered" };
}

const say = (message: FromWorker) => process.send?.(message);
const tests = await loadTests();
say({ kind: "ready", tests: tests.length });
process.on("message", async ({ ids }: ToWorker) => {
  for (const id of ids) {
    say(await judge(id, tests));
  }
  await runEndings();
  process.disconnect?.();
});
