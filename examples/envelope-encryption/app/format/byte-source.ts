// SPDX-License-Identifier: Apache-2.0
/** A stream read in pieces of the reader's own lengths; what is held is one piece and one of the stream's. */

/** Where bytes come from. */
export interface ByteSource {
  /** The next `count` bytes, or as many as are left: fewer only at the end. */
  take(count: number): Promise<Uint8Array>;
}

/** Reads a stream, such as a file's. */
export function byteSource(stream: AsyncIterable<Uint8Array>): ByteSource {
  const pieces = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    take: async (count) => {
      const taken = new Uint8Array(count);
      let filled = 0;
      while (filled < count) {
        if (rest.length === 0) {
          const next = await pieces.next();
          if (next.done === true) {
            break;
          }
          rest = next.value;
        }
        const part = rest.subarray(0, count - filled);
        taken.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return taken.subarray(0, filled);
    },
  };
}
