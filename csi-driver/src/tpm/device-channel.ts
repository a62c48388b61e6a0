// SPDX-License-Identifier: Apache-2.0
/** A TPM behind a character device: one write is a command, one read its response. Linux, `/dev/tpmrm0`. */

import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Milliseconds, StrongroomError } from "@strongroom/core";
import { messageBytes, type OwnedTpmChannel } from "./tpm-transport.ts";

/** Opens the device. @throws {StrongroomError} `TpmUnavailable` if it is not there or not ours to open. */
export async function openDevice(path: string, timeout: Milliseconds): Promise<OwnedTpmChannel> {
  const file = await open(path, "r+").catch((cause: unknown) => {
    throw unavailable("the TPM's device cannot be opened", cause);
  });
  return {
    transact: (command) => exchange(file, command, timeout),
    // A read that timed out still holds the file; it closes when that read ends, and nobody waits for it.
    close: () => void file.close().catch(() => undefined),
  };
}

async function exchange(
  file: FileHandle,
  command: Uint8Array,
  timeout: Milliseconds,
): Promise<Uint8Array> {
  const answered = new AbortController();
  const late = delay(timeout, undefined, { signal: answered.signal }).then(() => {
    throw unavailable("the TPM did not answer in time");
  });
  try {
    return await Promise.race([writeThenRead(file, command), late]);
  } finally {
    answered.abort();
    late.catch(() => undefined);
  }
}

async function writeThenRead(file: FileHandle, command: Uint8Array): Promise<Uint8Array> {
  try {
    await file.write(command, 0, command.length, null);
    const response = new Uint8Array(messageBytes);
    const { bytesRead } = await file.read(response, 0, messageBytes, null);
    return response.slice(0, bytesRead);
  } catch (cause) {
    throw unavailable("the TPM's device failed", cause);
  }
}

function unavailable(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("TpmUnavailable", message, { cause });
}
