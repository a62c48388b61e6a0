// SPDX-License-Identifier: Apache-2.0
/**
 * Directories held open by descriptor. A pod that may write to its volume could swap a path for a symbolic link while
 * we, who are root on the node, walk it; a descriptor cannot be swapped.
 */

import { constants } from "node:fs";
import { type FileHandle, open, readdir, rmdir, unlink } from "node:fs/promises";

/** Opens a directory, and nothing that a symbolic link points to. */
export async function openDirectory(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** The path of `name` in an open directory; only the last component is looked up. */
export function inside(directory: FileHandle, name: string): string {
  return `/proc/self/fd/${directory.fd}/${name}`;
}

/** Names in an open directory. */
export async function namesIn(directory: FileHandle): Promise<readonly string[]> {
  return await readdir(`/proc/self/fd/${directory.fd}`);
}

/** Opens a regular file that is not reached by a symbolic link; `undefined` for everything else. */
export async function openFile(path: string, flags: number): Promise<FileHandle | undefined> {
  // Without O_NONBLOCK a named pipe would hold us for ever.
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file !== undefined && !(await file.stat()).isFile()) {
    await file.close();
    return undefined;
  }
  return file;
}

/** Removes a directory that holds files only; what a stranger put there otherwise stays. */
export async function removeFlat(parent: FileHandle, name: string): Promise<void> {
  const directory = await openDirectory(inside(parent, name)).catch(() => undefined);
  if (directory === undefined) {
    return;
  }
  for (const file of await namesIn(directory)) {
    await unlink(inside(directory, file)).catch(() => undefined);
  }
  await directory.close();
  await rmdir(inside(parent, name)).catch(() => undefined);
}
