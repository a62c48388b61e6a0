// SPDX-License-Identifier: Apache-2.0
/** The node plugin as a program: environment in, sockets out. */

import {
  createLog,
  errorTable,
  halfJitter,
  isStrongroomError,
  systemClock,
} from "@strongroom/core";
import { keepCurrent } from "@strongroom/endorsements";
import manifest from "../package.json" with { type: "json" };
import { createNodeEvidence } from "./attestation/create-node-evidence.ts";
import { createInstallationAdapter } from "./attestation/installation-adapter.ts";
import { openEndorsements } from "./attestation/open-endorsements.ts";
import { type Config, parseConfig } from "./config.ts";
import { systemLogFiles } from "./event-log/log-files.ts";
import { publishWaits } from "./limits.ts";
import { type RunningPlugin, startPlugin } from "./plugin.ts";
import { createVaultAdapter } from "./release/vault-adapter.ts";
import { systemTsmFiles } from "./tsm/tsm-files.ts";
import { createVaultClients } from "./vault-clients.ts";

// Sockets, directories and files are root's alone from the moment they exist.
process.umask(0o077);
const bootLog = createLog({ component: "csi-driver", level: "info" });

async function start(config: Config): Promise<RunningPlugin> {
  const clock = systemClock;
  const log = createLog({ component: "csi-driver", level: config.logLevel });
  const clients = createVaultClients(config);
  const { releaseRootFile } = config;
  const installation = createInstallationAdapter(clients.forHost(config.vaultServerName));
  const stopping = new AbortController();
  const library = await openEndorsements({
    ...{ config: config.endorsements, clock, log, stopping: stopping.signal },
  });
  return await startPlugin({
    config,
    clock,
    log,
    waits: publishWaits,
    version: manifest.version,
    installation,
    vault: createVaultAdapter({ clients, clock, releaseRootFile }),
    evidence: createNodeEvidence({
      ...{ config, installation, library, clock, log },
      tsmFiles: systemTsmFiles,
      logFiles: systemLogFiles,
    }),
    background: async (signal) => {
      signal.addEventListener("abort", () => stopping.abort(), { once: true });
      await keepCurrent({ library, clock, jitter: halfJitter, log }, signal);
    },
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
