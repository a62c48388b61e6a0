// SPDX-License-Identifier: Apache-2.0
/** The folder of a store that is being restored, and how that store takes the present one's place. */

import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncPath } from "@strongroom/core";
import { storeFile } from "../installation/read-unverified.ts";

const prefix = "restore-";

/** Folder of one restore, in the store's directory. */
export function stagingFolder(directory: string, id: string): string {
  return join(directory, prefix + id);
}

/**
 * Puts the staged store of an accepted rollback into the present one's place; where it is there already, or never was
 * one, nothing is done. Neither may be open.
 */
export async function putInPlace(directory: string, id: string): Promise<void> {
  const from = join(stagingFolder(directory, id), storeFile);
  if (!existsSync(from)) {
    return;
  }
  const to = join(directory, storeFile);
  // Whatever SQLite kept beside the file is of the old store, and would be read into the new one.
  for (const ending of ["-wal", "-shm", ""]) {
    await rm(to + ending, { force: true });
  }
  await syncPath(directory);
  await rename(from, to);
  await syncPath(directory);
}

/** Removes every staged store. */
export async function removeStaged(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(prefix)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}
