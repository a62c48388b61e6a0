// SPDX-License-Identifier: Apache-2.0
/**
 * The vault over a store that must not be served, because it is older than the HSM remembers or was changed: it answers
 * the routes of a restore and nothing else, until a security officer has restored a backup or accepted the store.
 */

import { join } from "node:path";
import type { AuditEvent, StrongroomError } from "@strongroom/core";
import { connectHsm, type HsmClient } from "@strongroom/hsm/client";
import { createWaitingApp } from "../domain/waiting-app.ts";
import { registerFullRestoreRoutes } from "../http/manage/full-restore-routes.ts";
import { storeFile } from "../installation/read-unverified.ts";
import { replayHead } from "../ledger/replay-head.ts";
import { createBackupKeys } from "../objects/backup/backup-keys.ts";
import { openSqliteStore } from "../store/open-sqlite-store.ts";
import type { VaultDeps } from "../vault-deps.ts";
import type { OperationAudit } from "./audit-of-operations.ts";
import type { Jobs } from "./jobs.ts";
import { refusedStore } from "./present-store.ts";
import { createReplace } from "./replace.ts";
import type { Restores } from "./restores.ts";
import { type StagedStore, stageRestore, verifyStaged } from "./stage-restore.ts";
import { removeStaged } from "./staging.ts";

/** What outlives the waiting. */
export interface AwaitRestoreDeps extends VaultDeps {
  readonly jobs: Jobs;
  readonly restores: Restores;
  readonly audit: OperationAudit;
}

/** Resolves when a store is to take the present one's place. @param why The present store is not served */
export async function awaitRestore(deps: AwaitRestoreDeps, why: StrongroomError): Promise<void> {
  const { config, jobs, restores, audit, log } = deps;
  const { directory } = config.store;
  await using hsm = await connectHsm({ directory: config.hsm.directory, log });
  const { app, requests, listen } = await createWaitingApp(deps, why, "vault waits for a restore");
  const backupKeys = createBackupKeys(hsm);
  const asked = Promise.withResolvers<void>();
  registerFullRestoreRoutes(app, {
    ...requests,
    ...{ hsm, jobs, backup: config.backup, record: (event: AuditEvent) => audit.record(event) },
    present: refusedStore(hsm, why.message),
    stage: (id, stream) => stageRestore({ hsm, backupKeys, directory }, id, stream),
    stageInPlace: (id) => verifyInPlace(hsm, directory, id),
    discard: () => removeStaged(directory),
    replace: createReplace({ restores, directory, reopen: () => asked.resolve() }),
  });
  await listen();
  await asked.promise;
  await app.close();
}

// The store vouches for itself alone: whether it is the right one is for who accepts it to know.
async function verifyInPlace(hsm: HsmClient, directory: string, id: string): Promise<StagedStore> {
  await using store = await openSqliteStore(join(directory, storeFile));
  const heads = [];
  for (const log of await store.logs()) {
    heads.push(await replayHead(store, log));
  }
  return { id, ...(await verifyStaged(hsm, store, heads)) };
}
