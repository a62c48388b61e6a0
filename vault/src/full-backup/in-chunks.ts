// SPDX-License-Identifier: Apache-2.0
/** Puts the pieces of a stream together to chunks of one size, in one and the same memory. */

import type { Bytes } from "./byte-source.ts";

/** A chunk of a stream. */
export interface Chunk {
  /** Good until the next chunk is asked for. */
  readonly chunk: Uint8Array;
  readonly isLast: boolean;
}

/** Chunks of `size` bytes, the last one excepted. A stream of nothing has one empty chunk: its end is one too. */
export async function* inChunks(pieces: Bytes, size: number): AsyncGenerator<Chunk> {
  const room = new Uint8Array(size);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (filled === size) {
        yield { chunk: room, isLast: false };
        filled = 0;
      }
      const part = piece.subarray(at, at + size - filled);
      room.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield { chunk: room.subarray(0, filled), isLast: true };
}
