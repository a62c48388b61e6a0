// SPDX-License-Identifier: Apache-2.0
/** A file that an option names, whole, unless it is longer than anything that is meant. */

import { open } from "node:fs/promises";
import { CommandError } from "./terminal.ts";

/** Most bytes of a file; whoever parses it bounds it further. */
const mostFileBytes = 4_194_304;

/** @throws {CommandError} `BadParameter` if it cannot be read or is longer than 4 MiB. */
export async function readBoundedFile(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size <= mostFileBytes) {
      return new Uint8Array(await file.readFile());
    }
  } catch {
    throw new CommandError("BadParameter", `cannot read ${path}`);
  }
  throw new CommandError("BadParameter", `${path} is longer than ${mostFileBytes} bytes`);
}
