// SPDX-License-Identifier: Apache-2.0
/** Files and standard streams as streams, and a file that is there once it is whole. */

import { createReadStream, createWriteStream, fstatSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";

/** Something to read: its name, its stream, and its length where that is known. */
export interface Input {
  readonly name: string;
  readonly stream: AsyncIterable<Uint8Array>;
  readonly length: number | undefined;
}

/** A file, or standard input for `-`. */
export function openInput(path: string): Input {
  const stats = path === "-" ? fstatSync(0) : statSync(path);
  return {
    name: path === "-" ? "standard input" : basename(path),
    stream: path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1_048_576 }),
    length: stats.isFile() ? stats.size : undefined,
  };
}

/** Writes a stream to a file that gets its name at the end, or to standard output for `-`, which has what came before an error. */
export async function writeOutput(path: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  if (path === "-") {
    await pipeline(stream, process.stdout);
    return;
  }
  const unfinished = `${path}.part`;
  try {
    await pipeline(stream, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
