// SPDX-License-Identifier: Apache-2.0
/** Looks at what a volume holds: whether it is complete, and whether it holds given files already. */

import { constants } from "node:fs";
import { type FileHandle, readlink, statfs } from "node:fs/promises";
import { join } from "node:path";
import { equalBytes } from "@strongroom/core";
import { dataLink } from "../names.ts";
import { inside, namesIn, openDirectory, openFile } from "./directory.ts";
import type { SecretFile } from "./secret-file.ts";

/** Whether a first publish into the volume at `target` came to its end. */
export async function isComplete(target: string): Promise<boolean> {
  return (await currentGeneration(join(target, dataLink))) !== undefined;
}

/** Whether the volume at `target` holds exactly these files. */
export async function holds(target: string, files: readonly SecretFile[]): Promise<boolean> {
  await using volume = await openDirectory(target);
  const generation = await currentGeneration(inside(volume, dataLink));
  if (generation === undefined) {
    return false;
  }
  const directory = await openDirectory(inside(volume, generation)).catch(() => undefined);
  if (directory === undefined) {
    return false;
  }
  await using current = directory;
  const names = await namesIn(current);
  const same = await Promise.all(files.map((file) => holdsFile(current, file)));
  return names.length === files.length && same.every(Boolean);
}

/** Bytes that the volume at `target` takes. */
export async function usedBytes(target: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(target);
  return (blocks - bfree) * bsize;
}

// A link of another shape was not made by us and is not followed.
async function currentGeneration(link: string): Promise<string | undefined> {
  const generation = await readlink(link).catch(() => undefined);
  return generation !== undefined && /^\.\.[0-9A-Za-z.-]+$/.test(generation)
    ? generation
    : undefined;
}

async function holdsFile(directory: FileHandle, file: SecretFile): Promise<boolean> {
  const handle = await openFile(inside(directory, file.name), constants.O_RDONLY);
  if (handle === undefined) {
    return false;
  }
  await using opened = handle;
  const content = await opened.readFile();
  const same = equalBytes(content, file.content.reveal());
  content.fill(0);
  return same;
}
