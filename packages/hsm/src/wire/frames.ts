// SPDX-License-Identifier: Apache-2.0
/** Frames of the socket: length as four bytes, big-endian, then that many bytes of message. */

import { concatBytes, StrongroomError, u32be } from "@strongroom/core";

const prefixBytes = 4;
const nothing = new Uint8Array(0);

/** The frame of a message. */
export function encodeFrame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u32be(message.length), message);
}

/** Cuts a stream of bytes into messages; holds what is incomplete, which its limit bounds. */
export class FrameReader {
  #held: Uint8Array = nothing;
  #at = 0;

  /** Longest message in bytes that is accepted from now on. */
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Takes bytes as they arrive; the messages they complete are read with `next`. */
  push(chunk: Uint8Array): void {
    const rest = this.#held.length - this.#at;
    this.#held = rest === 0 ? chunk : concatBytes(this.#held.subarray(this.#at), chunk);
    this.#at = 0;
  }

  /**
   * The next whole message (a view, not a copy), or `undefined` until more bytes come.
   *
   * @throws {StrongroomError} `BadParameter` on a length that is zero or above the limit, before its bytes are read.
   */
  next(): Uint8Array | undefined {
    const held = this.#held;
    const start = this.#at + prefixBytes;
    if (held.length < start) {
      return undefined;
    }
    const length = this.#length();
    if (length === 0 || length > this.limit) {
      throw new StrongroomError("BadParameter", "a frame has an unacceptable length");
    }
    const end = start + length;
    if (held.length < end) {
      return undefined;
    }
    this.#at = end;
    return held.subarray(start, end);
  }

  #length(): number {
    let length = 0;
    for (let at = this.#at; at < this.#at + prefixBytes; at += 1) {
      length = length * 0x100 + (this.#held[at] ?? 0);
    }
    return length;
  }
}
