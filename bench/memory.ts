// SPDX-License-Identifier: Apache-2.0
/** Proportional set size of each process at rest, beside a bare Node.js process of the same run. */

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { inNode, row } from "./in-node.ts";

/** Programs by what they are called in the node, with the goal in MB where there is one. */
const programs = [
  { what: "node plugin", pattern: "/app/csi-driver.js", goal: 90 },
  { what: "vault", pattern: "/app/vault.js", goal: 130 },
  { what: "HSM host", pattern: "/app/hsm-host.js serve", goal: 70 },
  { what: "operator", pattern: "/app/operator.js", goal: undefined },
] as const;

/** Milliseconds for everything to come to rest: the HSM host's thread for RSA keys ends 20 s after its last key. */
const restMs = 25_000;

function pssOf(smapsRollup: string): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(smapsRollup)?.[1];
  return Number(kilobytes) / 1_000;
}

async function yardstick(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await sleep(restMs);
  const pss = pssOf(await readFile(`/proc/${child.pid}/smaps_rollup`, "utf8"));
  child.kill();
  return pss;
}

const bare = await yardstick();
console.log("\nMemory at rest (PSS)");
row("", "MB", "goal", "bare Node = 1");
row("a bare Node.js process", bare.toFixed(0), "", "1.0");
for (const { what, pattern, goal } of programs) {
  const pid = (await inNode("pgrep", "-f", `node .*${pattern}`)).trim().split("\n")[0] ?? "";
  const pss = pssOf(await inNode("cat", `/proc/${pid}/smaps_rollup`));
  row(what, pss.toFixed(0), goal === undefined ? "" : `<= ${goal}`, (pss / bare).toFixed(1));
}
