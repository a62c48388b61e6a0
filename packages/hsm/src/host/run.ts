// SPDX-License-Identifier: Apache-2.0
/** The two commands: `init` makes the token, `serve` hosts it. */

import { mkdir } from "node:fs/promises";
import {
  createLog,
  errorTable,
  isStrongroomError,
  type Log,
  StrongroomError,
} from "@strongroom/core";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { type Environment, type HostConfig, parseConfig, requireDomain } from "./config.ts";
import { type DataFolder, dataFolder, type TokenFolder } from "./data-folder.ts";
import { initialise } from "./init.ts";
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
      return await initialise({
        folder,
        domain: requireDomain(config),
        load: () => loadFor(folder.next),
        log,
      });
    case "serve":
      return await serveToken(folder);
    default:
      throw new StrongroomError("BadParameter", "the commands are init and serve");
  }

  function loadFor(token: TokenFolder): Pkcs11 {
    host.setTokenEnvironment(tokenEnvironment(token));
    return host.load(config.module);
  }

  async function serveToken(data: DataFolder): Promise<void> {
    const module = loadFor(data.token);
    await serve({ ...config, module, folder: data, log, signal: host.signal });
  }
}
