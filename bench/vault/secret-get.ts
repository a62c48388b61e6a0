// SPDX-License-Identifier: Apache-2.0
/**
 * Audited GETs of secrets over TLS, one vault process as it is shipped, beside a bare `node:https` server of the same
 * run. The two take turns, and the median of the rounds counts.
 */

import { percentile, row } from "../in-node.ts";
import type { LoadOrder } from "./load-order.ts";
import { fillSecrets, startMeasuredVault } from "./measured-vault.ts";
import { type Measured, runLoad } from "./run-load.ts";
import { startBareServer } from "./start-bare-server.ts";

const secrets = 1_000;
const rounds = Number(process.env["STRONGROOM_BENCH_ROUNDS"] ?? "3");
const load = {
  connections: Number(process.env["STRONGROOM_BENCH_CONNECTIONS"] ?? "16"),
  warmUpMs: Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "4000"),
  measureMs: Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "8000"),
};

await using vault = await startMeasuredVault();
await fillSecrets(vault, 0, secrets);
await using bare = await startBareServer();
const orders: Record<"vault" | "bare", LoadOrder> = {
  vault: { ...vault.order, ...load },
  bare: { ...vault.order, ...bare.order, ...load },
};
const measured: Record<"vault" | "bare", Measured[]> = { vault: [], bare: [] };
for (let round = 0; round < rounds; round += 1) {
  measured.bare.push(await runLoad(orders.bare, [bare.pid]));
  measured.vault.push(await runLoad(orders.vault, vault.pids()));
}
const median = (of: readonly Measured[], figure: keyof Measured) =>
  percentile(
    of.map((each) => each[figure]),
    0.5,
  );
const ratio = (figure: keyof Measured) =>
  median(measured.vault, figure) / median(measured.bare, figure);
const failures = measured.vault.reduce((sum, each) => sum + each.failures, 0);

console.log(
  `\nAudited GET of a secret of 1 KiB (${rounds} rounds, ${load.connections} connections)`,
);
row("", "", "goal", "bare server = 1");
row("a bare server, requests/s", median(measured.bare, "perSecond").toFixed(0), "", "1.00");
row(
  "the vault, requests/s",
  median(measured.vault, "perSecond").toFixed(0),
  ">= 0.35",
  ratio("perSecond").toFixed(2),
);
row("a bare server, CPU s/1,000", median(measured.bare, "cpuPerThousand").toFixed(3), "", "1.0");
row(
  "the vault, CPU s/1,000",
  median(measured.vault, "cpuPerThousand").toFixed(3),
  "<= 0.120",
  ratio("cpuPerThousand").toFixed(1),
);
row("the vault, p50 ms", median(measured.vault, "p50").toFixed(2), "", ratio("p50").toFixed(1));
row("the vault, p99 ms", median(measured.vault, "p99").toFixed(2), "", ratio("p99").toFixed(1));
row("answers other than 200", String(failures), "0", "");
