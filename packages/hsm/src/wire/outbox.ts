// SPDX-License-Identifier: Apache-2.0
/** What leaves over a socket: the frames of one turn, of the event loop or as its owner counts them, in one write. */

import type { Socket } from "node:net";

const prefixBytes = 4;

/** Bytes of a batch to begin with, and of the longest one that is kept for the next. */
const batchBytes = 16 * 1024;
const keptBytes = 256 * 1024;

/** A socket's way out; what is sent after the socket's end is dropped. */
export class Outbox {
  readonly #socket: Socket;
  readonly #later: (send: () => void) => void;
  #batch: Buffer = Buffer.alloc(batchBytes);
  #spare: Buffer | undefined;
  #used = 0;

  /** @param later Calls what it is given when what was sent shall leave. */
  constructor(socket: Socket, later: (send: () => void) => void = process.nextTick) {
    this.#socket = socket;
    this.#later = later;
  }

  /** Where messages are put together: valid until the next call. */
  get batch(): Buffer {
    return this.#batch;
  }

  /** Takes a message, and wipes it once it is copied: it may hold a data key. */
  send(message: Uint8Array): void {
    const at = this.reserve(message.length);
    this.#batch.set(message, at);
    message.fill(0);
  }

  /** Makes room for a message of `length` bytes, which the caller writes into `batch` at once. @returns where. */
  reserve(length: number): number {
    const start = this.#used + prefixBytes;
    if (start + length > this.#batch.length) {
      this.#grow(start + length);
    }
    if (this.#used === 0) {
      this.#later(this.#flush);
    }
    this.#batch.writeUInt32BE(length, this.#used);
    this.#used = start + length;
    return start;
  }

  #grow(least: number): void {
    const larger = Buffer.alloc(Math.max(least, 2 * this.#batch.length));
    larger.set(this.#batch.subarray(0, this.#used));
    this.#batch.fill(0, 0, this.#used);
    this.#batch = larger;
  }

  readonly #flush = (): void => {
    const [batch, used] = [this.#batch, this.#used];
    this.#batch = this.#spare ?? Buffer.alloc(batchBytes);
    this.#spare = undefined;
    this.#used = 0;
    const done = (): void => {
      batch.fill(0, 0, used);
      this.#spare = batch.length <= keptBytes ? batch : undefined;
    };
    if (this.#socket.writable) {
      this.#socket.write(batch.subarray(0, used), done);
    } else {
      done();
    }
  };
}
