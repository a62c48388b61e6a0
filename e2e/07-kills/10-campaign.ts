// SPDX-License-Identifier: Apache-2.0
/** The campaign: kills under a writer, waiting each time until writes are acknowledged again. */

import { mkdir, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { VaultAccess } from "../lib/vault-api.ts";
import {
  type Component,
  components,
  kill,
  kubectl,
  pidOf,
  runInNode,
  startInNode,
} from "./lib/cluster.ts";
import { createRandom, shuffled } from "./lib/random.ts";

interface Acknowledged {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly at: number;
}

const namespace = "e2e-kills";
const killsEach = Number(process.env["STRONGROOM_KILLS"] ?? "20");
const seed = Number(process.env["STRONGROOM_SEED"] ?? Date.now() % 2 ** 32);
/** Longest time in milliseconds until a component is back and writes are acknowledged again. */
const recoveryMs = 90_000;
/** Longest random pause before a kill, in milliseconds. */
const pauseMs = 800;
const results = new URL("../../.strongroom/e2e-kills/", import.meta.url);

async function vaultAccess(): Promise<VaultAccess> {
  const audience = "https://strongroom.strongroom-system.svc";
  const address = await kubectl(
    "get",
    "service",
    "strongroom",
    "-n",
    "strongroom-system",
    "-o",
    "jsonpath={.spec.clusterIP}",
  );
  const ca = await kubectl(
    "get",
    "configmap",
    "strongroom-ca",
    "-n",
    namespace,
    "-o",
    "jsonpath={.data.infrastructure-ca\\.crt}",
  );
  const token = await kubectl(
    "create",
    "token",
    "writer",
    "-n",
    namespace,
    "--audience",
    audience,
    "--duration",
    "2h",
  );
  return { address, host: `kills.${namespace}.svc`, ca, token: token.trim() };
}

function startWriter(access: VaultAccess, acknowledged: Acknowledged[]) {
  const script = fileURLToPath(new URL("lib/writer.ts", import.meta.url));
  const child = startInNode(process.execPath, script);
  child.stdin?.write(`${JSON.stringify(access)}\n`);
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      acknowledged.push(JSON.parse(line) as Acknowledged);
    });
  }
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.stdin?.end();
    await ended;
  };
  return { stop };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + recoveryMs;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${recoveryMs / 1000} s`);
    }
    await sleep(100);
  }
}

async function killAndRecover(
  component: Component,
  acknowledged: readonly Acknowledged[],
): Promise<number> {
  const before = await pidOf(component);
  const killedAt = Date.now();
  await kill(component);
  await until(`${component} to run again`, async () => {
    const pid = await pidOf(component);
    return pid !== undefined && pid !== before;
  });
  const count = acknowledged.length;
  await until(`writes after ${component} was killed`, async () => acknowledged.length > count + 1);
  return Date.now() - killedAt;
}

async function checkValues(
  access: VaultAccess,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const script = fileURLToPath(new URL("lib/reader.ts", import.meta.url));
  const output = await runInNode(
    [process.execPath, script],
    JSON.stringify({ access, acknowledged }),
  );
  const { right, wrong } = JSON.parse(output) as { right: number; wrong: readonly string[] };
  console.log(`${right} of ${acknowledged.length} acknowledged versions are readable and right`);
  if (right !== acknowledged.length || right === 0) {
    throw new Error(`acknowledged versions are missing or wrong: ${wrong.join(", ")}`);
  }
}

console.log(`kills: ${killsEach} of each, seed ${seed}`);
const random = createRandom(seed);
const access = await vaultAccess();
const acknowledged: Acknowledged[] = [];
const writer = startWriter(access, acknowledged);
await until("the first write", async () => acknowledged.length > 0);
const plan = shuffled(
  components.flatMap((component) => Array.from({ length: killsEach }, () => component)),
  random,
);
const slowest = new Map<Component, number>();
for (const component of plan) {
  await sleep(random() * pauseMs);
  const took = await killAndRecover(component, acknowledged);
  slowest.set(component, Math.max(slowest.get(component) ?? 0, took));
}
await writer.stop();
for (const [component, took] of slowest) {
  console.log(`${component}: slowest recovery ${(took / 1000).toFixed(1)} s`);
}
await until("the vault to read", async () => {
  await checkValues(access, acknowledged.slice(-1));
  return true;
});
await checkValues(access, acknowledged);
await mkdir(results, { recursive: true });
await writeFile(new URL("acknowledged.json", results), JSON.stringify(acknowledged));
process.exit(0);
