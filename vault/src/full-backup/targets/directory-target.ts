// SPDX-License-Identifier: Apache-2.0
/** Full backups in the one directory that the configuration names; no caller names a path. */

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errnoOf, StrongroomError, syncPath } from "@strongroom/core";
import type { Bytes } from "../byte-source.ts";
import { type BackupTarget, noSuchBackup, requireFolderName, streamName } from "./backup-target.ts";

/** What the directory is called in requests. */
export const directoryUri = "file:///backup";

const unfinished = ".unfinished";

/** The directory at `root`, which exists. */
export function createDirectoryTarget(root: string): BackupTarget {
  return {
    uri: directoryUri,
    write: (folder, bytes) =>
      reporting(() => writeFolder(root, requireFolderName(folder), bytes), "written"),
    read: (folder) => readFolder(join(root, requireFolderName(folder), streamName)),
    probe: () =>
      reporting(async () => {
        const file = join(root, `probe${unfinished}`);
        await writeFile(file, "", { mode: 0o600 });
        await rm(file);
      }, "written"),
  };
}

async function writeFolder(root: string, folder: string, bytes: Bytes): Promise<void> {
  const place = join(root, folder);
  const temporary = place + unfinished;
  await mkdir(temporary, { mode: 0o700 });
  try {
    const file = createWriteStream(join(temporary, streamName), { mode: 0o600, flush: true });
    await pipeline(Readable.from(bytes, { objectMode: false }), file);
    await syncPath(temporary);
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await syncPath(root);
}

async function* readFolder(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(file)) {
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw errnoOf(error) === "ENOENT" ? noSuchBackup() : toUnavailable(error, "read");
  }
}

async function reporting(work: () => Promise<void>, what: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw errnoOf(error) === undefined ? error : toUnavailable(error, what);
  }
}

function toUnavailable(cause: unknown, what: string): unknown {
  return errnoOf(cause) === undefined
    ? cause
    : new StrongroomError("BackupTargetUnavailable", `the directory cannot be ${what}`, { cause });
}
