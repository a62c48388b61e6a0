// SPDX-License-Identifier: Apache-2.0
/** The commands: `init` makes the token, `serve` hosts it, and starts `ceremony` for itself to change its keys. */

import { mkdir } from "node:fs/promises";
import {
  createLog,
  errorTable,
  isStrongroomError,
  type Log,
  StrongroomError,
} from "@strongroom/core";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { decodeCeremony } from "./ceremony-request.ts";
import { failureLine, type SpawnCeremony } from "./ceremony-runner.ts";
import { type Environment, type HostConfig, parseConfig, requireDomain } from "./config.ts";
import { type DataFolder, dataFolder, type TokenFolder } from "./data-folder.ts";
import { completeHandover } from "./handover.ts";
import { initialise } from "./init.ts";
import { performCeremony } from "./perform-ceremony.ts";
import { serve } from "./serve.ts";
import { type TokenEnvironment, tokenEnvironment } from "./token-config.ts";

/** What the process gives: the only way in for the environment, the arguments and signals. */
export interface HostProcess {
  readonly command: string;
  readonly environment: Environment;
  /** Sets the variables that modules of file tokens read when they are initialised. */
  readonly setTokenEnvironment: (variables: TokenEnvironment) => void;
  readonly signal: AbortSignal;
  /** Loads the PKCS#11 module. */
  readonly load: (path: string) => Pkcs11;
  readonly spawnCeremony: SpawnCeremony;
  /** What a ceremony reads its request from, and says its failure to. */
  readonly input: () => Promise<string>;
  readonly output: (text: string) => void;
}

/** Runs a command to its end. @returns the process's exit code, 0 or one of the error table's. */
export async function runHost(host: HostProcess): Promise<number> {
  let log = createLog({ component: "hsm", level: "info" });
  try {
    const config = parseConfig(host.environment);
    log = createLog({ component: "hsm", level: config.logLevel });
    await runCommand(host, config, log);
    return 0;
  } catch (error) {
    log.failure("the HSM host ends", error);
    return isStrongroomError(error) ? errorTable[error.code].exit : errorTable.Internal.exit;
  }
}

async function runCommand(host: HostProcess, config: HostConfig, log: Log): Promise<void> {
  const folder = dataFolder(config.data);
  await mkdir(folder.root, { recursive: true, mode: 0o700 });
  switch (host.command) {
    case "init":
      await completeHandover(folder);
      return await initialise({
        folder,
        domain: requireDomain(config),
        load: () => loadFor(folder.next),
        log,
      });
    case "serve":
      return await serveToken(folder);
    case "ceremony":
      return await perform(folder);
    default:
      throw new StrongroomError("BadParameter", "the commands are init and serve");
  }

  function loadFor(token: TokenFolder): Pkcs11 {
    host.setTokenEnvironment(tokenEnvironment(token));
    return host.load(config.module);
  }

  async function serveToken(data: DataFolder): Promise<void> {
    const { signal, spawnCeremony } = host;
    for (let again = true; again; ) {
      await completeHandover(data);
      const module = loadFor(data.token);
      again = await serve({
        ...config,
        module,
        modulePath: config.module,
        folder: data,
        log,
        signal,
        spawnCeremony,
      });
    }
  }

  async function perform(data: DataFolder): Promise<void> {
    try {
      const request = decodeCeremony(await host.input());
      await performCeremony({ folder: data, load: () => loadFor(data.next) }, request);
    } catch (error) {
      host.output(failureLine(error));
      throw error;
    }
  }
}
