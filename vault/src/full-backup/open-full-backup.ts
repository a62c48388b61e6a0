// SPDX-License-Identifier: Apache-2.0
/** The routes of full backup and restore over an open store. */

import type { AuditEvent } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import type { FullBackupRouteDeps } from "../http/manage/full-backup-routes.ts";
import type { FullRestoreRouteDeps } from "../http/manage/full-restore-routes.ts";
import type { RequestDeps } from "../http/request-context.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BackupKeys } from "../objects/backup/backup-keys.ts";
import type { Store } from "../store/store.ts";
import type { AwaitRestoreDeps } from "./await-restore.ts";
import { servedStore } from "./present-store.ts";
import { createReplace } from "./replace.ts";
import { stageRestore } from "./stage-restore.ts";
import { removeStaged } from "./staging.ts";

/** What they stand on. */
export interface OpenFullBackupDeps extends AwaitRestoreDeps {
  readonly hsm: HsmClient;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly backupKeys: BackupKeys;
  /** Opens the store anew. */
  readonly reopen: () => void;
}

/** What these routes work with, but for what all routes do. */
export function openFullBackup(
  deps: OpenFullBackupDeps,
): Omit<FullBackupRouteDeps & FullRestoreRouteDeps, keyof RequestDeps> {
  const { hsm, store, ledger, backupKeys, jobs, audit, restores, config, reopen } = deps;
  const { directory } = config.store;
  audit.use(ledger);
  return {
    ...{ hsm, store, backupKeys, jobs, backup: config.backup },
    record: (event: AuditEvent) => audit.record(event),
    present: servedStore(ledger, store),
    stage: (id, stream) => stageRestore({ hsm, backupKeys, directory }, id, stream),
    discard: () => removeStaged(directory),
    replace: createReplace({ restores, directory, reopen }),
  };
}
