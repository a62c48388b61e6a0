// SPDX-License-Identifier: Apache-2.0
/**
 * Audited GETs of secrets over TLS, one vault process as it is shipped, beside a bare `node:https` server of the same
 * run. The two take turns at the same number of connections, and the median of the rounds counts.
 */

import { row } from "../in-node.ts";
import type { LoadOrder } from "./load-order.ts";
import { fillSecrets, startMeasuredVault } from "./measured-vault.ts";
import { type Measured, type MeasuredFigure, medianOf, runLoad } from "./run-load.ts";
import { startBareServer } from "./start-bare-server.ts";

const secrets = 1_000;
const rounds = Number(process.env["STRONGROOM_BENCH_ROUNDS"] ?? "4");
const load = {
  // Enough that both are busy all the time, and that requests share transactions as they do then.
  connections: Number(process.env["STRONGROOM_BENCH_CONNECTIONS"] ?? "128"),
  warmUpMs: Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "1000"),
  measureMs: Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "3000"),
};
/** Before the first round: until the engine has compiled what runs often. */
const firstWarmUpMs = 4_000;

await using vault = await startMeasuredVault();
await fillSecrets(vault, 0, secrets);
await using bare = await startBareServer();
const servers = { vault: vault.servers(), bare: { pid: bare.pid } };
const orders: Record<"vault" | "bare", LoadOrder> = {
  vault: { ...vault.order, ...load },
  bare: { ...vault.order, ...bare.order, ...load },
};
const measured: Record<"vault" | "bare", Measured[]> = { vault: [], bare: [] };
for (const which of ["bare", "vault"] as const) {
  await runLoad({ ...orders[which], measureMs: firstWarmUpMs }, servers[which]);
}
for (let round = 0; round < rounds; round += 1) {
  for (const which of ["bare", "vault"] as const) {
    measured[which].push(await runLoad(orders[which], servers[which]));
  }
}
const failures = measured.vault.reduce((sum, each) => sum + each.failures, 0);
const show = (what: string, figure: MeasuredFigure, goal: string, digits: number) => {
  const [ours, bares] = [medianOf(measured.vault, figure), medianOf(measured.bare, figure)];
  row(`a bare server, ${what}`, bares.toFixed(digits), "", "1.00");
  row(`the vault, ${what}`, ours.toFixed(digits), goal, (ours / bares).toFixed(2));
};

console.log(
  `\nAudited GET of a secret of 1 KiB (${rounds} rounds, ${load.connections} connections)`,
);
console.log("CPU seconds are those of all threads of the process.");
row("", "", "goal", "bare server = 1");
show("requests/s", "perSecond", ">= 0.35 bare", 0);
show("CPU s/1,000", "cpuPerThousand", "<= 0.120", 3);
row(
  "the HSM host beside it, the same",
  medianOf(measured.vault, "cpuBesidePerThousand").toFixed(3),
  "",
  "",
);
show("p50 ms", "p50", "", 2);
show("p99 ms", "p99", "", 2);
row("answers other than 200", String(failures), "0", "");
