// SPDX-License-Identifier: Apache-2.0
/** Puts the vault together from its parts and serves it. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isStrongroomError } from "@strongroom/core";
import { openTokenKeySource } from "./attestation/token/rotate-token-keys.ts";
import { deriveFrom } from "./derive-from.ts";
import { awaitActivation } from "./domain/await-activation.ts";
import { journalFile } from "./domain/journal.ts";
import { createKeyMover } from "./domain/move-keys.ts";
import { createOperationAudit } from "./full-backup/audit-of-operations.ts";
import { type AwaitRestoreDeps, awaitRestore } from "./full-backup/await-restore.ts";
import { createJobs } from "./full-backup/jobs.ts";
import { createRestores, type Exchange } from "./full-backup/restores.ts";
import { createHealthServer } from "./http/health.ts";
import { createServer } from "./http/server.ts";
import { openInstallation } from "./installation/open-installation.ts";
import { writeTrust } from "./installation/publish-trust.ts";
import { type KeptOpen, keepOpen } from "./keep-open.ts";
import { createLine } from "./manage/manage-vault.ts";
import { runInBackground } from "./run-in-background.ts";
import { createServerDeps } from "./server-deps.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { loadVaultDirectory } from "./vaults/vault-directory.ts";

/** A running vault. */
export interface RunningVault extends AsyncDisposable {
  /** Rejects if it had to open its store anew and could not. */
  readonly failed: Promise<never>;
}

/** Starts the vault; when it resolves, the vault answers. */
export async function startVault(deps: VaultDeps): Promise<RunningVault> {
  const { config, metrics } = deps;
  await using stack = new AsyncDisposableStack();
  const health = createHealthServer({
    registry: metrics.registry,
    isReady: async () => (await phase?.current?.isReady()) ?? false,
  });
  let phase: KeptOpen<Phase> | undefined;
  health.listen(config.health.port, config.health.address);
  await once(health, "listening");
  stack.defer(() => void health.close());
  await awaitActivation(deps);
  const audit = createOperationAudit(join(config.store.directory, journalFile));
  const operations = { jobs: createJobs(deps), restores: createRestores(), audit };
  phase = stack.use(await openFirst({ ...deps, ...operations }));
  const { failed } = phase;
  const resources = stack.move();
  return { failed, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

// A store that must not be served can be restored, where the configuration wants that.
async function openFirst(deps: AwaitRestoreDeps): Promise<KeptOpen<Phase>> {
  for (;;) {
    try {
      return await keepOpen((reopen) => openExchanged(deps, reopen));
    } catch (error) {
      const waits =
        deps.config.backup.onRefusedStore === "wait" &&
        (isStrongroomError(error, "HeadRollback") || isStrongroomError(error, "StoreTampered"));
      if (!waits) {
        throw error;
      }
      deps.log.failure("the store is not served", error);
      await awaitRestore(deps, error);
    }
  }
}

async function openExchanged(deps: AwaitRestoreDeps, reopen: () => void): Promise<Phase> {
  const exchange = deps.restores.take();
  deps.audit.use(undefined);
  try {
    const phase = await openPhase(deps, { reopen, exchange });
    exchange?.done();
    return phase;
  } catch (error) {
    exchange?.fail(error);
    throw error;
  }
}

/** How a store is opened. */
interface Opening {
  readonly reopen: () => void;
  readonly exchange: Exchange | undefined;
}

/** The vault over one opening of its store. */
interface Phase extends AsyncDisposable {
  readonly isReady: () => Promise<boolean>;
}

async function openPhase(deps: AwaitRestoreDeps, { reopen, exchange }: Opening): Promise<Phase> {
  const { config, clock, log } = deps;
  await using stack = new AsyncDisposableStack();
  const installation = stack.use(await openInstallation(config, clock, log, exchange));
  if (config.trustDirectory !== undefined) {
    await writeTrust(config.trustDirectory, installation.keys);
  }
  const directory = await loadVaultDirectory(installation.ledger);
  const vaults = { directory, oneAtATime: createLine() };
  const derive = deriveFrom(installation.scopeKeys);
  const mover = createKeyMover({ ...installation, derive, clock, log });
  const tokenKeys = await openTokenKeySource({ ...installation, clock, log });
  const parts = { ...vaults, mover, tokenKeys };
  const app = createServer(await createServerDeps(deps, installation, { ...parts, reopen }));
  await app.listen({ port: config.listen.port, host: config.listen.address });
  stack.defer(() => app.close());
  runInBackground(deps, installation, parts, stack);
  const { port } = app.server.address() as AddressInfo;
  log.info("vault serves", { port });
  const resources = stack.move();
  return {
    isReady: async () =>
      installation.ledger.isSound() && (await installation.hsm.status()).initialised,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
