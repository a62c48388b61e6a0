// SPDX-License-Identifier: Apache-2.0
/** The node plugin as a program: environment in, sockets out. */

import { createLog, errorTable, isStrongroomError, systemClock } from "@strongroom/core";
import manifest from "../package.json" with { type: "json" };
import { createInstallationAdapter } from "./attestation/installation-adapter.ts";
import { type Config, parseConfig } from "./config.ts";
import { publishWaits } from "./limits.ts";
import { type RunningPlugin, startPlugin } from "./plugin.ts";
import { createVaultAdapter } from "./release/vault-adapter.ts";
import { connectTpm } from "./tpm/connect-tpm.ts";
import { createTpmCollector } from "./tpm/create-tpm-collector.ts";
import { createVaultClients } from "./vault-clients.ts";

// Sockets, directories and files are root's alone from the moment they exist.
process.umask(0o077);
const bootLog = createLog({ component: "csi-driver", level: "info" });

async function start(config: Config): Promise<RunningPlugin> {
  const clock = systemClock;
  const log = createLog({ component: "csi-driver", level: config.logLevel });
  const clients = createVaultClients(config);
  const { releaseRootFile } = config;
  return await startPlugin({
    config,
    clock,
    log,
    waits: publishWaits,
    version: manifest.version,
    installation: createInstallationAdapter(clients.forHost(config.vaultServerName)),
    vault: createVaultAdapter({ clients, clock, releaseRootFile }),
    collector: createTpmCollector({ transport: connectTpm(config.tpm), log }),
  });
}

try {
  const config = parseConfig(process.env);
  const plugin = await start(config);
  bootLog.info("node plugin started", { node: config.nodeName, port: plugin.healthPort });
  const stop = (signal: NodeJS.Signals): void => {
    bootLog.info("node plugin stops", { signal });
    plugin.stop().then(
      () => process.exit(0),
      () => process.exit(errorTable.Internal.exit),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  bootLog.failure("node plugin not started", error);
  process.exit(errorTable[isStrongroomError(error) ? error.code : "Internal"].exit);
}
