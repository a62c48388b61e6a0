// SPDX-License-Identifier: Apache-2.0
/**
 * Rubbish in great number: `node --conditions=@strongroom/source e2e/attestation/fuzz.ts COUNT [SEED [NAME]]`, of
 * all parsers or of those with NAME in theirs. Every execution has to return or to throw `EvidenceMalformed`, within a tenth
 * of a second of processor time; so has every one on a great deal of input, which comes first.
 */

import { changeInput } from "./change.ts";
import { execute, longest } from "./execute.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { fuzzTargets } from "./fuzz-targets.ts";
import { growAll } from "./grow.ts";
import { randomOf } from "./random.ts";

/** What was found. */
export interface Failure {
  readonly target: string;
  readonly problem: string;
  /** Hexadecimal. */
  readonly input: string;
}

/** Executions by target, how much of what it begins with each takes as it is, and what was found. */
export interface FuzzResult {
  readonly executions: ReadonlyMap<string, number>;
  readonly wellFormed: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
}

/** Failures after which a run ends. */
const mostFailures = 20;

/** What to run. */
export interface FuzzRun {
  /** Executions in all. */
  readonly count: number;
  readonly seed: number;
  /** Of the parsers that have this in their names; of all without. */
  readonly part?: string | undefined;
  /** Milliseconds that an execution may take. */
  readonly most: number;
}

/** Runs the parsers. */
export function fuzz({ count, seed, part = "", most }: FuzzRun): FuzzResult {
  const random = randomOf(seed);
  const targets = fuzzTargets().filter(({ name }) => name.includes(part));
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const executions = new Map<string, number>();
  const wellFormed = new Map<string, number>();
  const failures: Failure[] = [];
  for (const target of targets) {
    const run = (input: Uint8Array) => runOn(target, input, { most, failures });
    const taken = target.corpus.filter(run);
    wellFormed.set(target.name, taken.length);
    const own = Math.ceil((count * target.share) / shares);
    let turns = 0;
    for (; turns < own && failures.length < mostFailures; turns += 1) {
      run(changeInput(random.pick(target.corpus), target.corpus, random));
    }
    executions.set(target.name, turns);
  }
  return { executions, wellFormed, failures };
}

/** Whether the parser takes the input; what is wrong is added to the failures. */
function runOn(
  target: FuzzTarget,
  input: Uint8Array,
  { most, failures }: { readonly most: number; readonly failures: Failure[] },
): boolean {
  const { accepted, problem } = execute(target, input, most);
  if (problem !== undefined) {
    failures.push({ target: target.name, problem, input: Buffer.from(input).toString("hex") });
  }
  return accepted;
}

function report(failures: readonly Failure[]): void {
  for (const { target, problem, input } of failures) {
    console.log(`${target}: ${problem}\n  ${input.slice(0, 2_000)}`);
  }
}

if (import.meta.main) {
  const [count = "10000000", seed = "1", part] = process.argv.slice(2);
  const grown = growAll({ part, most: longest.alone });
  report(grown.failures);
  console.log(
    `fuzz: ${grown.executions} executions on input of 8 KiB to 2 MiB, slowest ${grown.slowest}`,
  );
  const { executions, failures } = fuzz({
    ...{ count: Number(count), seed: Number(seed), part },
    most: longest.alone,
  });
  report(failures);
  const sum = [...executions.values()].reduce((total, one) => total + one, 0);
  console.log(`fuzz: ${sum} executions of ${executions.size} parsers, ${failures.length} failures`);
  process.exitCode = failures.length + grown.failures.length > 0 ? 1 : 0;
}
