// SPDX-License-Identifier: Apache-2.0
/** The real plugin with a fake vault and a fake TPM, as a program: run it in a mount namespace of its own. */

import { createLog, systemClock } from "@strongroom/core";
import { createTpmEvidence } from "../attestation/create-tpm-evidence.ts";
import { noEventLog } from "../event-log/event-log-source.ts";
import type { PublishWaits } from "../limits.ts";
import { type PluginConfig, startPlugin } from "../plugin.ts";
import {
  createFakeVault,
  type FakeVaultCounts,
  type FakeVaultState,
  fakeCollector,
} from "./fake-vault.ts";

/** Everything it is started with, as JSON in its first argument. */
export interface UnderTestOptions {
  readonly config: PluginConfig;
  readonly vault: FakeVaultState;
  readonly waits: PublishWaits;
}

/** What the program says to whoever started it. */
export interface UnderTestMessage {
  readonly healthPort: number;
  readonly counts: FakeVaultCounts;
  readonly memory: number;
}

process.umask(0o077);
const { config, vault: initial, waits }: UnderTestOptions = JSON.parse(process.argv[2] ?? "");
const vault = createFakeVault(initial);
const plugin = await startPlugin({
  config,
  vault,
  installation: vault,
  evidence: createTpmEvidence({
    ...{ installation: vault, collector: fakeCollector, pcrs: [0], eventLog: noEventLog },
  }),
  clock: systemClock,
  log: createLog({ component: "csi-driver", level: "debug" }),
  version: "0.0.0",
  waits,
});
const report = (): void => {
  const memory = process.memoryUsage.rss();
  const message = { healthPort: plugin.healthPort, counts: vault.counts, memory };
  process.send?.(message satisfies UnderTestMessage);
};
// Each message changes the vault's state; the answer says that it did.
process.on("message", (change: Partial<FakeVaultState>) => {
  vault.state = { ...vault.state, ...change };
  report();
});
process.once("SIGTERM", () => {
  void plugin.stop().then(() => process.exit(0));
});
report();
