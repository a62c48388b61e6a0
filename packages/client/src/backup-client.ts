// SPDX-License-Identifier: Apache-2.0
/** Full backups and restores: what a backup operator's and a security officer's client calls on the installation's host. */

import {
  type FullOperation,
  type FullRestoreRequest,
  fullOperationSchema,
  type LogHeadBody,
  type RestoreStatus,
  restoreStatusSchema,
  routes,
  type Storage,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** Operations answer at once; `backupState` and `restoreState` say how they go. */
export interface BackupClient {
  backUp(storage: Storage): Promise<FullOperation>;
  /** @throws {StrongroomError} `NotFound` if there is none, or not any more */
  backupState(job: string): Promise<FullOperation>;
  /** @throws {StrongroomError} `Conflict` if contents would be given up and no head of them is named */
  restore(request: FullRestoreRequest): Promise<FullOperation>;
  restoreState(job: string): Promise<FullOperation>;
  /** Has a vault that waits go on with the store that is in place. */
  acceptRollback(head: LogHeadBody): Promise<FullOperation>;
  restoreStatus(): Promise<RestoreStatus>;
}

const apiVersion = "?api-version=7.6";

/** These routes over `transport`. */
export function createBackupClient({ sendJson }: VaultTransport): BackupClient {
  const operate = (method: "GET" | "POST" | "PUT", path: string, body?: object) =>
    sendJson(fullOperationSchema, { method, path: path + apiVersion, body });
  return {
    backUp: (storage) => operate("POST", routes.fullBackup, storage),
    backupState: (job) => operate("GET", routes.fullBackupPending(job)),
    restore: (request) => operate("PUT", routes.fullRestore, request),
    restoreState: (job) => operate("GET", routes.restorePending(job)),
    acceptRollback: (head) => operate("POST", routes.acceptRollback, { acceptRollback: head }),
    restoreStatus: () =>
      sendJson(restoreStatusSchema, { method: "GET", path: routes.restoreStatus }),
  };
}
