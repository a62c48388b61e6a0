// SPDX-License-Identifier: Apache-2.0
/**
 * A vault with many secrets and keys in the HSM: its memory, how soon it is ready after it was killed, and what a GET
 * costs, beside another one with few. The two take turns, and the median of the rounds counts; of ratios, the median of
 * what the two had one after the other. A percentile of one round says more about the disk and the machine in that second
 * than about the vaults, so there are many rounds, and they change who is first.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { percentile, row } from "../in-node.ts";
import {
  fillKeys,
  fillSecrets,
  type MeasuredVault,
  secretPaths,
  startMeasuredVault,
} from "./measured-vault.ts";
import { type Measured, type MeasuredFigure, medianOf, runLoad } from "./run-load.ts";
import { cpuSeconds, pssOf } from "./usage.ts";

const few = 1_000;
const many = Number(process.env["STRONGROOM_BENCH_SECRETS"] ?? "10000");
const hsmKeys = Number(process.env["STRONGROOM_BENCH_KEYS"] ?? "1000");
const rounds = Number(process.env["STRONGROOM_BENCH_ROUNDS"] ?? "7");
const load = {
  connections: 16,
  warmUpMs: Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "250"),
  measureMs: Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "1250"),
};
/** Before the first round: until the engine has compiled what runs often, in the one as in the other. */
const firstWarmUpMs = 4_000;
/** For everything to come to rest. */
const restMs = 3_000;

await using small = await startMeasuredVault();
await using large = await startMeasuredVault();
const { installation } = large;
const measure = (
  vault: MeasuredVault,
  { paths = vault.order.paths, measureMs = load.measureMs } = {},
): Promise<Measured> => runLoad({ ...vault.order, ...load, paths, measureMs }, vault.servers());

await fillSecrets(small, 0, few);
await fillSecrets(large, 0, many);
await fillKeys(large, hsmKeys);
const measured: Record<"small" | "large", Measured[]> = { small: [], large: [] };
const vaults = { small, large };
for (const which of ["small", "large"] as const) {
  await measure(vaults[which], { measureMs: firstWarmUpMs });
}
for (let round = 0; round < rounds; round += 1) {
  const pair = round % 2 === 0 ? (["small", "large"] as const) : (["large", "small"] as const);
  for (const which of pair) {
    measured[which].push(await measure(vaults[which]));
  }
}
const inTurn = await measure(large, { paths: secretPaths(many) });
await sleep(restMs);
const pss = { vault: pssOf(installation.vault.pid()), hsm: pssOf(installation.hsm.pid()) };
const { readyMs, cpu } = await timeToReady(large);
await sleep(restMs);
const pssAfterStart = pssOf(installation.vault.pid());

console.log(
  `\nA vault of ${many} secrets of 1 KiB and ${hsmKeys} HSM keys, beside one of ${few} secrets (${rounds} rounds, ${load.connections} connections)`,
);
row("", "", "goal", `with ${few} = 1`);
const show = (what: string, figure: MeasuredFigure, goal: string, digits: number) => {
  const ratios = measured.large.map((run, i) => run[figure] / (measured.small[i]?.[figure] ?? 0));
  row(
    what,
    medianOf(measured.large, figure).toFixed(digits),
    goal,
    percentile(ratios, 0.5).toFixed(2),
  );
};
show(`GET of ${few} of them, p99 ms`, "p99", "<= 1.20 x", 2);
show(`GET of ${few} of them, CPU s/1,000`, "cpuPerThousand", "", 3);
row(`GET of each in turn, p99 ms`, inTurn.p99.toFixed(2), "", "");
row("vault after load, PSS MB", pss.vault.toFixed(0), "<= 250", "");
row("HSM host beside it, PSS MB", pss.hsm.toFixed(0), "", "");
row("ready after kill -9, ms", readyMs.toFixed(0), "<= 3000", "");
row("CPU s until then", cpu.toFixed(1), "", "");
row("vault after start, PSS MB", pssAfterStart.toFixed(0), "<= 250", "");

/** Milliseconds from the kill until the readiness probe says yes, and the CPU seconds of the new process until then. */
async function timeToReady({ installation: { vault: process } }: MeasuredVault) {
  await process.stop("SIGKILL");
  const started = performance.now();
  const starting = process.start();
  while (!(await isReady(process.healthPort))) {
    await sleep(10);
  }
  const readyMs = performance.now() - started;
  const cpu = cpuSeconds(process.pid());
  await starting;
  return { readyMs, cpu };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}
