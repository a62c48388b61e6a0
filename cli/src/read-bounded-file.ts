// SPDX-License-Identifier: Apache-2.0
/** A file that an option names, whole, unless it is longer than anything that is meant. */

import { createReadStream } from "node:fs";
import { concatBytes } from "@strongroom/core";
import { CommandError } from "./terminal.ts";

/** Most bytes of a file; whoever parses it bounds it further. */
const mostFileBytes = 4_194_304;

/** @throws {CommandError} `BadParameter` if it cannot be read or is longer than 4 MiB. */
export async function readBoundedFile(path: string): Promise<Uint8Array> {
  return await readFileUpTo(mostFileBytes, path);
}

/**
 * Reads no more than that, whatever a pipe or a device says of its size.
 *
 * @throws {CommandError} `BadParameter` if it cannot be read or is longer than `most` bytes.
 */
export async function readFileUpTo(most: number, path: string): Promise<Uint8Array> {
  const bytes = await readAtMost(path, most + 1).catch(() => {
    throw new CommandError("BadParameter", `cannot read ${path}`);
  });
  if (bytes.length > most) {
    throw new CommandError("BadParameter", `${path} is longer than ${most} bytes`);
  }
  return bytes;
}

async function readAtMost(path: string, bytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of createReadStream(path, { end: bytes - 1 })) {
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}
