// SPDX-License-Identifier: Apache-2.0
/** Overwrites what a volume holds before it is unmounted, so that a copy of the mount elsewhere shows nothing. */

import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { inside, namesIn, openDirectory, openFile } from "./directory.ts";

/** Overwrites every file in every generation of the volume mounted at `target` with zeros. */
export async function wipeVolume(target: string): Promise<void> {
  await using volume = await openDirectory(target);
  for (const name of (await namesIn(volume)).filter((entry) => entry.startsWith(".."))) {
    const directory = await openDirectory(inside(volume, name)).catch(() => undefined);
    if (directory !== undefined) {
      await using generation = directory;
      await wipeDirectory(generation);
    }
  }
}

async function wipeDirectory(directory: FileHandle): Promise<void> {
  for (const name of await namesIn(directory)) {
    const handle = await openFile(inside(directory, name), constants.O_WRONLY);
    if (handle !== undefined) {
      await using file = handle;
      const { size } = await file.stat();
      await file.write(new Uint8Array(size), 0, size, 0);
    }
  }
}
