// SPDX-License-Identifier: Apache-2.0
/** Files that an option names, written: where that is not possible, the option is wrong. */

import { writeFile } from "node:fs/promises";
import { errnoOf, writeDurably } from "@strongroom/core";
import { CommandError } from "./terminal.ts";

/** Writes a file of mode 0600; one that is there is not written over: it may be the only copy. @throws {CommandError} `BadParameter` */
export async function writeNew(path: string, text: string): Promise<void> {
  await writing(path, () => writeFile(path, text, { mode: 0o600, flag: "wx" }));
}

/** Writes a file that everybody may read, in place of the one that is there. @throws {CommandError} `BadParameter` */
export async function writeOver(path: string, text: string): Promise<void> {
  await writing(path, () => writeDurably(path, text, 0o644));
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const errno = errnoOf(error);
    throw new CommandError(
      "BadParameter",
      errno === "EEXIST"
        ? `${path} is there already`
        : `${path} cannot be written (${errno ?? "failed"})`,
    );
  }
}
