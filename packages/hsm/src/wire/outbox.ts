// SPDX-License-Identifier: Apache-2.0
/** What leaves over a socket: the frames of one turn of the event loop in one write. */

import type { Socket } from "node:net";

const prefixBytes = 4;

/** A socket's way out. */
export interface Outbox {
  /** Takes a message, and wipes it once it is copied: it may hold a data key. */
  send(message: Uint8Array): void;
}

/** An outbox of `socket`; what is sent after the socket's end is dropped. */
export function createOutbox(socket: Socket): Outbox {
  let messages: Uint8Array[] = [];

  function flush(): void {
    const batch = toFrames(messages);
    messages = [];
    if (socket.writable) {
      socket.write(batch, () => void batch.fill(0));
    }
  }

  return {
    send: (message) => {
      messages.push(message);
      if (messages.length === 1) {
        process.nextTick(flush);
      }
    },
  };
}

function toFrames(messages: readonly Uint8Array[]): Uint8Array {
  const length = messages.reduce((sum, message) => sum + prefixBytes + message.length, 0);
  const batch = new Uint8Array(length);
  const view = new DataView(batch.buffer);
  let offset = 0;
  for (const message of messages) {
    view.setUint32(offset, message.length);
    batch.set(message, offset + prefixBytes);
    message.fill(0);
    offset += prefixBytes + message.length;
  }
  return batch;
}
