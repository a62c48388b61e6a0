// SPDX-License-Identifier: Apache-2.0
/**
 * `strongroom dev`: HSM host and vault as on a cluster, as child processes on this machine.
 *
 * The token is software and says so; what is kept here is worth what this machine's files are worth.
 */

import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createVaultClient } from "@strongroom/client";
import { isStrongroomError, StrongroomError, systemClock } from "@strongroom/core";
import { type DevFolder, devFolder, devHosts, writeVaultConfig } from "./dev-folder.ts";
import { administrator, type DevIssuer, makeDevIssuer } from "./dev-issuer.ts";
import { programPath, runToEnd, type StartedProgram, startProgram } from "./programs.ts";
import { usage } from "./usage.ts";

/** What the command is told. */
export interface DevOptions {
  /** Absolute path of the folder for everything. */
  readonly directory: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Longest wait for the vault to answer, in milliseconds. */
const startTimeout = 30_000;
const pollInterval = 100;

/** Runs until a signal comes or one of the programs ends. */
export async function runDev(options: DevOptions): Promise<void> {
  if (!Number.isInteger(options.port) || options.port < 1 || options.port > 65_535) {
    throw new StrongroomError("BadParameter", "--port must be a TCP port");
  }
  const folder = devFolder(options.directory);
  await prepareFolder(folder);
  const issuer = await makeDevIssuer(systemClock.now());
  await writeVaultConfig(folder, options.port, issuer);
  const environment = hsmEnvironment(options, folder);
  await runToEnd(programPath("@strongroom/hsm/host"), ["init"], environment);
  const programs = [
    startProgram("hsm", programPath("@strongroom/hsm/host"), ["serve"], environment),
    startProgram("vault", programPath("@strongroom/vault/program"), [], {
      ...options.environment,
      STRONGROOM_CONFIG: folder.config,
    }),
  ];
  try {
    await makeVault(folder, options.port, issuer, programs);
    await announce(folder, options.port, issuer);
    await untilStopped(programs);
  } finally {
    await rm(folder.devJson, { force: true });
    await Promise.all(programs.map((program) => program.stop()));
  }
}

async function prepareFolder(folder: DevFolder): Promise<void> {
  for (const path of [folder.root, folder.token, folder.socket, folder.store, folder.trust]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  await rm(folder.devJson, { force: true });
}

function hsmEnvironment({ environment }: DevOptions, folder: DevFolder) {
  return {
    ...environment,
    STRONGROOM_HSM_MODULE:
      environment["STRONGROOM_HSM_MODULE"] ?? "/usr/lib/softhsm/libsofthsm2.so",
    STRONGROOM_HSM_DATA: folder.token,
    STRONGROOM_HSM_SOCKET_DIR: folder.socket,
    STRONGROOM_HSM_HEALTH_PORT: "0",
    STRONGROOM_LOG_LEVEL: "warn",
  };
}

// The vault is made as the operator makes one: by the management API, with the same request each time.
async function makeVault(
  folder: DevFolder,
  port: number,
  issuer: DevIssuer,
  programs: readonly StartedProgram[],
): Promise<void> {
  const uid = await vaultUid(folder);
  const request = {
    epoch: 0,
    generation: 1,
    owner: { uid },
    name: "dev",
    namespace: "dev",
    spec: {
      protection: "Software" as const,
      softDelete: { retentionDays: 90, purgeProtection: false },
      address: { hosts: [devHosts.vault] },
      release: "Allowed" as const,
      roleAssignments: [
        {
          role: "Key Vault Administrator" as const,
          scope: "*",
          via: "api" as const,
          principals: [{ oidc: { issuer: issuer.issuer, subject: administrator } }],
        },
      ],
    },
  };
  await retryWhileStarting(programs, async () => {
    const ca = await readFile(folder.ca, "utf8");
    using client = createVaultClient({
      dial: { host: "127.0.0.1", port },
      serverName: devHosts.installation,
      ca: () => ca,
      token: async () => issuer.token,
    });
    await client.manage.putVault(uid, request);
  });
}

async function retryWhileStarting(
  programs: readonly StartedProgram[],
  attempt: () => Promise<void>,
): Promise<void> {
  const deadline = systemClock.now().getTime() + startTimeout;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const waiting = isStrongroomError(error, "VaultUnavailable") || isMissingFile(error);
      if (!waiting || systemClock.now().getTime() > deadline) {
        throw error;
      }
    }
    const ended = programs.find((program) => program.hasEnded());
    if (ended !== undefined) {
      throw new StrongroomError("Internal", `${ended.name} ended while it was starting`);
    }
    await systemClock.sleep(pollInterval);
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function vaultUid(folder: DevFolder): Promise<string> {
  try {
    return (await readFile(folder.vaultUid, "utf8")).trim();
  } catch {
    const uid = randomUUID();
    await writeFile(folder.vaultUid, `${uid}\n`, { mode: 0o600 });
    return uid;
  }
}

async function announce(folder: DevFolder, port: number, issuer: DevIssuer): Promise<void> {
  const url = `https://${devHosts.vault}:${port}`;
  const content = { url, ca: folder.ca, token: issuer.token };
  await writeFile(folder.devJson, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  process.stdout.write(usage(url, folder));
}

async function untilStopped(programs: readonly StartedProgram[]): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  const ended = programs.map(async (program) => {
    await program.ended;
    throw new StrongroomError("Internal", `${program.name} ended`);
  });
  await Promise.race([signalled, ...ended]);
  for (const each of ended) {
    each.catch(() => undefined);
  }
}
