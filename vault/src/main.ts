// SPDX-License-Identifier: Apache-2.0
/** Entry point of the vault: reads the configuration, starts, and stops on SIGTERM. */

import { join } from "node:path";
import { createLog, errorTable, isStrongroomError, systemClock } from "@strongroom/core";
import { createInClusterClient } from "@strongroom/kube/in-cluster";
import { readConfig, type VaultConfig } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { type RunningVault, startVault } from "./start-vault.ts";

const configFile = process.env["STRONGROOM_CONFIG"] ?? "/etc/strongroom/config.yaml";

function kubernetesOf(config: VaultConfig) {
  const host = process.env["KUBERNETES_SERVICE_HOST"];
  const port = Number(process.env["KUBERNETES_SERVICE_PORT"] ?? "443");
  return config.kubernetes === undefined || host === undefined
    ? undefined
    : createInClusterClient({ host, port, ...credentialsOf() });
}

// Outside a pod nobody puts `token` and `ca.crt` where kubelet does.
function credentialsOf() {
  const folder = process.env["STRONGROOM_KUBERNETES_CREDENTIALS"];
  return folder === undefined
    ? {}
    : { tokenFile: join(folder, "token"), caFile: join(folder, "ca.crt") };
}

const config = await readConfig(configFile);
const log = createLog({ component: "vault", level: config.logLevel });
try {
  let vault: RunningVault | undefined;
  const stop = async (signal: string) => {
    log.info("vault stops", { signal });
    await vault?.[Symbol.asyncDispose]();
  };
  // Before it serves, too: a vault may wait for its security domain for days.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stop(signal).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
  const kubernetes = kubernetesOf(config);
  vault = await startVault({
    config,
    kubernetes,
    clock: systemClock,
    log,
    metrics: createMetrics(),
  });
  await vault.failed;
} catch (error) {
  log.failure("vault does not start", error);
  process.exit(isStrongroomError(error) ? errorTable[error.code].exit : 1);
}
