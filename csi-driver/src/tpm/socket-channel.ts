// SPDX-License-Identifier: Apache-2.0
/** A TPM behind a Unix stream socket: raw commands and responses, as swtpm serves them. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { concatBytes, type Milliseconds, StrongroomError } from "@strongroom/core";
import { header, messageBytes, type OwnedTpmChannel } from "./tpm-transport.ts";

/**
 * Connects. Silence for `timeout` while something is awaited ends the connection.
 *
 * @throws {StrongroomError} `TpmUnavailable` if nobody listens.
 */
export async function openSocket(path: string, timeout: Milliseconds): Promise<OwnedTpmChannel> {
  const socket = connect(path);
  socket.setTimeout(timeout, () => socket.destroy(new Error("timed out")));
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw unavailable("the TPM's socket cannot be reached", cause);
  }
  // Errors surface where a response is awaited; one that comes when none is, is met by the next command.
  socket.on("error", () => undefined);
  const chunks: AsyncIterator<Uint8Array> = socket.iterator();
  return {
    transact: (command) => exchange(socket, chunks, command),
    close: () => socket.destroy(),
  };
}

async function exchange(
  socket: Socket,
  chunks: AsyncIterator<Uint8Array>,
  command: Uint8Array,
): Promise<Uint8Array> {
  try {
    socket.write(command);
    return await readResponse(chunks);
  } catch (cause) {
    socket.destroy();
    throw cause instanceof StrongroomError
      ? cause
      : unavailable("the TPM's socket did not answer", cause);
  }
}

async function readResponse(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let received: Uint8Array = new Uint8Array();
  for (;;) {
    const size = announcedSize(received);
    if (size !== undefined && received.length >= size) {
      return received;
    }
    const { value, done } = await chunks.next();
    if (done === true) {
      throw unavailable("the TPM's socket was closed");
    }
    received = concatBytes(received, value);
  }
}

function announcedSize(received: Uint8Array): number | undefined {
  if (received.length < header.size) {
    return undefined;
  }
  const size = new DataView(received.buffer, received.byteOffset).getUint32(2);
  if (size > messageBytes) {
    throw new StrongroomError("TpmFailed", "the TPM announced a response that is too long");
  }
  return Math.max(size, header.whole);
}

function unavailable(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("TpmUnavailable", message, { cause });
}
