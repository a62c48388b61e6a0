// SPDX-License-Identifier: Apache-2.0
/**
 * Mutation testing: `node --conditions=@strongroom/source scripts/mutate.ts packages/attestation [--sample N] [--only TEXT]`.
 * Says how many faults the package's own tests find, and which they do not; fails below the threshold. With `--table FILE`
 * the faults are the checks that the table names, each removed, and the tests that it names have to find every one.
 */

import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Mutant } from "./mutation/find-mutants.ts";
import { readFaults } from "./mutation/find-sources.ts";
import type { FromWorker, Outcome } from "./mutation/messages.ts";

/** Percent of the faults that tests have to find. */
const threshold = 85;

/**
 * Longest time for all tests of one fault, in milliseconds; a worker that takes longer is ended. Turns of loops are counted,
 * so that hardly a fault needs it: long enough for a machine that is busy, or slow tests would count as faults found.
 */
const patience = 600_000;

interface Judgement {
  readonly outcome: Outcome;
  readonly by?: string;
}

const root = resolve(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    only: { type: "string" },
    seed: { type: "string" },
    table: { type: "string" },
  },
});
const [folder = "packages/attestation"] = positionals;
const faults = readFaults(join(root, folder), values.table);
const mutants = choose(faults.flatMap((source) => source.mutants));
const workerArguments = values.table === undefined ? [folder] : [folder, values.table];
const judgements = new Map<number, Judgement>();

while (judgements.size < mutants.length) {
  await runWorker(mutants.filter(({ id }) => !judgements.has(id)).map(({ id }) => id));
}
report();

/** All faults, those of files that are named, or as many as asked for, drawn by a seed. */
function choose(all: readonly Mutant[]): readonly Mutant[] {
  const { sample, only, seed = "1" } = values;
  const named = all.filter(({ file }) => only === undefined || file.includes(only));
  if (sample === undefined) {
    return named;
  }
  let state = Number(seed);
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  const drawn = named.map((mutant) => ({ mutant, key: random() }));
  return drawn
    .sort((one, other) => one.key - other.key)
    .slice(0, Number(sample))
    .map(({ mutant }) => mutant);
}

/** Runs until the worker has judged all, or hangs at one; that one is then judged, and the caller starts another. */
function runWorker(ids: readonly number[]): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  const worker = fork(join(import.meta.dirname, "mutation/worker.ts"), workerArguments, {
    execArgv: ["--conditions=@strongroom/source", "--disable-warning=ExperimentalWarning"],
  });
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => worker.kill("SIGKILL"), patience);
  };
  worker.on("message", (message: FromWorker) => {
    wait();
    if (message.kind === "ready") {
      isReady = true;
      process.stderr.write(`${message.tests} tests pass; ${ids.length} faults\n`);
      worker.send({ ids });
    } else {
      const { id, outcome, by } = message;
      judgements.set(id, by === undefined ? { outcome } : { outcome, by });
      progress();
    }
  });
  worker.on("exit", () => {
    clearTimeout(timer);
    const hung = ids.find((id) => !judgements.has(id));
    if (!isReady) {
      reject(new Error("a test fails without any fault"));
    } else if (hung !== undefined) {
      judgements.set(hung, { outcome: "timeout" });
    }
    done();
  });
  return promise;
}

function progress(): void {
  if (judgements.size % 250 === 0) {
    process.stderr.write(`${judgements.size} of ${mutants.length}\n`);
  }
}

function report(): void {
  const judged = mutants.map((mutant) => ({ ...mutant, ...judgements.get(mutant.id) }));
  const rows = judged.filter(({ outcome }) => outcome !== "constant");
  const isFound = ({ outcome }: { readonly outcome?: Outcome }) =>
    outcome === "killed" || outcome === "timeout";
  for (const row of rows.filter((one) => !isFound(one))) {
    const { file, line, kind, replacement, outcome } = row;
    const text = replacement.replaceAll(/\s+/gu, " ").slice(0, 80);
    process.stdout.write(`${relative(root, file)}:${line} ${outcome}: ${kind}: ${text}\n`);
  }
  mkdirSync(join(root, ".strongroom"), { recursive: true });
  writeFileSync(join(root, ".strongroom/mutation.json"), JSON.stringify(rows));
  const found = rows.filter(isFound).length;
  const score = (100 * found) / rows.length;
  const constants = judged.length - rows.length;
  process.stdout.write(
    `mutation: ${found} of ${rows.length} faults found, ${score.toFixed(1)} %; ${constants} in constants\n`,
  );
  process.exitCode = score < (values.table === undefined ? threshold : 100) ? 1 : 0;
}
