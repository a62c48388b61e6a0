// SPDX-License-Identifier: Apache-2.0
/**
 * A vault with many secrets and keys in the HSM: its memory, how soon it is ready after it was killed, and what a GET costs then,
 * beside the same vault with few.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { row } from "../in-node.ts";
import type { LoadOrder } from "./load-order.ts";
import { fillKeys, fillSecrets, type MeasuredVault, startMeasuredVault } from "./measured-vault.ts";
import { type Measured, runLoad } from "./run-load.ts";
import { pssOf } from "./usage.ts";

const few = 1_000;
const many = Number(process.env["STRONGROOM_BENCH_SECRETS"] ?? "10000");
const hsmKeys = Number(process.env["STRONGROOM_BENCH_KEYS"] ?? "1000");
const load = {
  connections: 16,
  warmUpMs: Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "4000"),
  measureMs: Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "8000"),
};
/** For everything to come to rest. */
const restMs = 5_000;

await using vault = await startMeasuredVault();
const { installation } = vault;
const order = (): LoadOrder => ({ ...vault.order, ...load });
const measure = (): Promise<Measured> => runLoad(order(), vault.pids());

await fillSecrets(vault, 0, few);
const before = await measure();
await fillSecrets(vault, few, many);
await fillKeys(vault, hsmKeys);
const after = await measure();
await sleep(restMs);
const pss = { vault: pssOf(installation.vault.pid()), hsm: pssOf(installation.hsm.pid()) };
const readyMs = await timeToReady(vault);
await sleep(restMs);
const pssAfterStart = pssOf(installation.vault.pid());

console.log(
  `\nA vault of ${many} secrets of 1 KiB and ${hsmKeys} HSM keys, beside one of ${few} secrets`,
);
row("", "", "goal", `with ${few} = 1`);
row("GET, p99 ms", after.p99.toFixed(2), "<= 1.2", (after.p99 / before.p99).toFixed(2));
row(
  "GET, CPU s/1,000",
  after.cpuPerThousand.toFixed(3),
  "",
  (after.cpuPerThousand / before.cpuPerThousand).toFixed(2),
);
row("vault after load, PSS MB", pss.vault.toFixed(0), "<= 250", "");
row("HSM host beside it, PSS MB", pss.hsm.toFixed(0), "", "");
row("ready after kill -9, ms", readyMs.toFixed(0), "<= 3000", "");
row("vault after start, PSS MB", pssAfterStart.toFixed(0), "<= 130", "");

/** Milliseconds from the kill until the readiness probe says yes. */
async function timeToReady({ installation: { vault: process } }: MeasuredVault): Promise<number> {
  await process.stop("SIGKILL");
  const started = performance.now();
  const starting = process.start();
  while (!(await isReady(process.healthPort))) {
    await sleep(10);
  }
  const ready = performance.now() - started;
  await starting;
  return ready;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}
