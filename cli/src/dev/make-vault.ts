// SPDX-License-Identifier: Apache-2.0
/** The one vault of a development installation: made as the operator makes one, with the same request each time. */

import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createVaultClient } from "@strongroom/client";
import { errnoOf, isStrongroomError, StrongroomError, systemClock } from "@strongroom/core";
import { type DevFolder, devHosts } from "./dev-folder.ts";
import { administrator, type DevIssuer } from "./dev-issuer.ts";
import type { StartedProgram } from "./programs.ts";

/** Longest wait for the vault to answer, in milliseconds: a token on a slow disk takes its time. */
const startTimeout = 60_000;
const pollInterval = 100;

/** Where to make it and who answers there. */
export interface VaultPlace {
  readonly folder: DevFolder;
  readonly port: number;
  readonly issuer: DevIssuer;
  readonly programs: readonly StartedProgram[];
}

/** Waits for the programs and makes the vault. @throws {StrongroomError} what stays wrong */
export async function makeVault({ folder, port, issuer, programs }: VaultPlace): Promise<void> {
  const uid = await vaultUid(folder);
  const request = toRequest(uid, issuer);
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

function toRequest(uid: string, issuer: DevIssuer) {
  return {
    epoch: 0,
    generation: 1,
    owner: { uid },
    name: "dev",
    namespace: "dev",
    spec: {
      protection: "Software" as const,
      softDelete: { retentionDays: 90, purgeProtection: false },
      address: { hosts: [devHosts.vault, devHosts.vaultInDomain] },
      release: "Allowed" as const,
      // Who runs it may do everything: use what is in it, and give roles and settings, as clients of Managed HSM do.
      roleAssignments: (["Key Vault Administrator", "Managed HSM Administrator"] as const).map(
        (role) => ({
          ...{ role, scope: "*", via: "api" as const },
          principals: [{ oidc: { issuer: issuer.issuer, subject: administrator } }],
        }),
      ),
    },
  };
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
      const waiting = isStrongroomError(error, "VaultUnavailable") || errnoOf(error) === "ENOENT";
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

async function vaultUid(folder: DevFolder): Promise<string> {
  try {
    return (await readFile(folder.vaultUid, "utf8")).trim();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") {
      throw error;
    }
    const uid = randomUUID();
    await writeFile(folder.vaultUid, `${uid}\n`, { mode: 0o600 });
    return uid;
  }
}
