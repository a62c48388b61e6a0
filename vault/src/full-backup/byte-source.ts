// SPDX-License-Identifier: Apache-2.0
/** Exact numbers of bytes from a stream of pieces of any size. */

import { u32be } from "@strongroom/core";
import { unreadable } from "../objects/backup/backup-format.ts";

/** Pieces of a stream. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads a stream in order. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: Bytes) {
    this.#pieces = (async function* () {
      yield* pieces;
    })();
  }

  /** Whether nothing is left. */
  async isDone(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) {
        return true;
      }
      this.#rest = next.value;
    }
    return false;
  }

  /** The next `length` bytes, in memory of their own. @throws {Refusal} `BadParameter` if the stream ends before */
  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      if (await this.isDone()) {
        throw unreadable();
      }
      const part = this.#rest.subarray(0, length - at);
      bytes.set(part, at);
      this.#rest = this.#rest.subarray(part.length);
      at += part.length;
    }
    return bytes;
  }

  /** Bytes behind their length in four bytes. @throws {Refusal} `BadParameter` if they are more than `most` */
  async takeWithLength(most: number): Promise<Uint8Array> {
    const prefix = await this.take(4);
    const length = new DataView(prefix.buffer).getUint32(0);
    if (length > most) {
      throw unreadable();
    }
    return await this.take(length);
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** Bytes behind their length. */
export function withLength(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] {
  return [u32be(bytes.length), bytes];
}
