// SPDX-License-Identifier: Apache-2.0
/** 500 kills of vault and HSM host under writers: `node --conditions=@strongroom/source e2e/kills-local/run.ts [CYCLES [SEED]]`. */

import { randomInt } from "node:crypto";
import { runKillCycles } from "../socket/fixtures/kill-cycles.ts";

const [cycles = "500", seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
console.log(`${cycles} cycles, seed ${seed}`);
const started = Date.now();
const report = await runKillCycles(Number(cycles), Number(seed), (line) => console.log(line));
const { losses, kills, acknowledged, unacknowledged, landed, verification } = report;
for (const loss of losses) {
  console.log(`LOSS: ${loss}`);
}
console.log(`kills: ${kills.vault} of the vault, ${kills.hsm} of the HSM host`);
console.log(
  `writes: ${acknowledged} acknowledged, ${unacknowledged} not, ${landed} of those seen whole`,
);
console.log(`lost or half there: ${losses.length}`);
console.log(`audit: ${verification}`);
console.log(`${Math.round((Date.now() - started) / 1000)} s`);
process.exitCode = losses.length === 0 && / 0 findings$/.test(verification) ? 0 : 1;
