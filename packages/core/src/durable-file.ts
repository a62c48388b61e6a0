// SPDX-License-Identifier: Apache-2.0
/** Files that are there whole, after a crash too: written beside, synced, renamed, and the folder synced. */

import { open, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Ending of a file that is being written; one that is found after a crash is worthless. */
export const temporaryEnding = ".tmp";

/** Writes `content` to `path` with `mode`; when it returns, the file survives a loss of power. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const temporary = path + temporaryEnding;
  const file = await open(temporary, "w", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncPath(dirname(path));
}

/** Makes a file or a folder's entries durable. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes everything below `folder` durable, and the folder itself. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? syncTree(path) : syncPath(path));
  }
  await syncPath(folder);
}
