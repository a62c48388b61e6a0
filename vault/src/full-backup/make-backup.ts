// SPDX-License-Identifier: Apache-2.0
/** Makes a full backup: a snapshot of the store, sealed, in a new folder of its target. */

import { randomBytes } from "node:crypto";
import { toHex } from "@strongroom/core";
import type { BackupKeys } from "../objects/backup/backup-keys.ts";
import { encodeEntries } from "./entries.ts";
import { sealStream } from "./sealed-stream.ts";
import { type SnapshotDeps, snapshotEntries } from "./snapshot-entries.ts";
import type { BackupTarget } from "./targets/backup-target.ts";

/** What it takes. */
export interface FullBackupDeps extends SnapshotDeps {
  readonly backupKeys: BackupKeys;
}

/** Name of a new folder: when, and something that no other has. */
export function newFolder(at: Date): string {
  const stamp = at.toISOString().replace(/\D/g, "").slice(0, 14);
  return `strongroom-${stamp}-${toHex(randomBytes(4))}`;
}

/** Makes it; what was written of it is of no use if this rejects. */
export async function makeBackup(
  deps: FullBackupDeps,
  target: BackupTarget,
  folder: string,
): Promise<void> {
  const { keyBlob, derive } = await deps.backupKeys.current();
  await target.write(folder, sealStream(keyBlob, derive, encodeEntries(snapshotEntries(deps))));
}
