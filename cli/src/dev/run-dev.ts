// SPDX-License-Identifier: Apache-2.0
/**
 * `strongroom dev`: HSM host and vault as on a cluster, as child processes on this machine.
 *
 * The token is software and says so; what is kept here is worth what this machine's files are worth.
 */

import { rm, writeFile } from "node:fs/promises";
import { systemClock } from "@strongroom/core";
import type { CommandContext } from "../command-context.ts";
import { type DevFolder, devFolder, devHosts, writeVaultConfig } from "./dev-folder.ts";
import { type DevIssuer, makeDevIssuer } from "./dev-issuer.ts";
import { findModule } from "./find-module.ts";
import { findPort } from "./find-port.ts";
import { lockFolder } from "./lock-folder.ts";
import { makeVault } from "./make-vault.ts";
import { prepareFolder } from "./prepare-folder.ts";
import { programPath, runToEnd, startProgram } from "./programs.ts";
import { makeSocketFolder } from "./socket-folder.ts";
import { untilStopped } from "./until-stopped.ts";
import { usage } from "./usage.ts";

/** What the command is told. */
export interface DevOptions extends Pick<CommandContext, "environment" | "stdout"> {
  /** Absolute path of the folder for everything. */
  readonly directory: string;
  /** TCP port on localhost; 0 takes a free one. */
  readonly port: number;
}

/** Runs until a signal comes or one of the programs ends. */
export async function runDev(options: DevOptions): Promise<void> {
  // Before anybody can know that this runs, and end what started it.
  const parent = process.ppid;
  const module = await findModule(options.environment);
  const wanted = devFolder(options.directory);
  await prepareFolder(wanted);
  using _lock = lockFolder(wanted.root);
  const port = await findPort(options.port);
  await using socket = await makeSocketFolder(wanted.socket);
  const folder = { ...wanted, socket: socket.path };
  const issuer = await makeDevIssuer(systemClock.now());
  await writeVaultConfig(folder, port, issuer);
  const environment = hsmEnvironment(options, module, folder);
  await runToEnd(programPath("@strongroom/hsm/host"), ["init"], environment);
  const programs = [
    startProgram("hsm", programPath("@strongroom/hsm/host"), ["serve"], environment),
    startProgram("vault", programPath("@strongroom/vault/program"), [], {
      ...options.environment,
      STRONGROOM_CONFIG: folder.config,
    }),
  ];
  try {
    await makeVault({ folder, port, issuer, programs });
    await announce(options, folder, port, issuer);
    await untilStopped({ ...options, parent }, programs);
  } finally {
    await rm(folder.devJson, { force: true });
    await Promise.all(programs.map((program) => program.stop()));
  }
}

function hsmEnvironment({ environment }: DevOptions, module: string, folder: DevFolder) {
  return {
    ...environment,
    STRONGROOM_HSM_MODULE: module,
    STRONGROOM_HSM_DATA: folder.token,
    STRONGROOM_HSM_DOMAIN: "none",
    STRONGROOM_HSM_SOCKET_DIR: folder.socket,
    STRONGROOM_HSM_HEALTH_PORT: "0",
    STRONGROOM_LOG_LEVEL: "warn",
  };
}

async function announce(
  { stdout }: DevOptions,
  folder: DevFolder,
  port: number,
  issuer: DevIssuer,
): Promise<void> {
  const url = `https://${devHosts.vault}:${port}`;
  const content = { url, ca: folder.ca, token: issuer.token };
  await writeFile(folder.devJson, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  stdout.write(usage(url, folder));
}
