// SPDX-License-Identifier: Apache-2.0
/** A value from standard input, byte by byte as it comes: a line end is part of it. */

import type { Readable } from "node:stream";
import { maxSecretBytes } from "@strongroom/api";
import { SecretBytes } from "@strongroom/core";
import { CommandError } from "./terminal.ts";

/** Reads to the end. @throws {CommandError} `BadParameter` if there is nothing, or more than a secret can hold */
export async function readInput(stdin: Readable): Promise<SecretBytes> {
  const value = new Uint8Array(maxSecretBytes);
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    const fits = length + chunk.length <= value.length;
    if (fits) {
      value.set(chunk, length);
    }
    length += chunk.length;
    chunk.fill(0);
  }
  using all = new SecretBytes(value);
  if (length > maxSecretBytes) {
    throw new CommandError("BadParameter", `a secret has at most ${maxSecretBytes} bytes`);
  }
  if (length === 0) {
    throw new CommandError(
      "BadParameter",
      "there is no value on standard input",
      "printf %s VALUE | strongroom seal …",
    );
  }
  return new SecretBytes(all.reveal().slice(0, length));
}
