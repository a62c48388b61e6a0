// SPDX-License-Identifier: Apache-2.0
/** Bounds-checked reading of big-endian binary formats. */

import { StrongroomError } from "@strongroom/core";

/** The error of bytes that do not have the layout they should have. */
export function malformed(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("EvidenceMalformed", message, { cause });
}

/**
 * Reads big-endian integers and byte strings one after the other.
 *
 * It reads a copy of its own, made once, so what was verified cannot change under the reader. Nothing but
 * `EvidenceMalformed` is ever thrown.
 */
export class ByteReader {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `length` bytes as a format of their own, over the same copy. */
  nested(length: number): ByteReader {
    const inner = new ByteReader(nothing);
    inner.#bytes = this.bytes(length);
    inner.#view = viewOf(inner.#bytes);
    return inner;
  }

  /** Everything that was read so far. */
  consumed(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#offset);
  }

  /** A byte string with its length in two bytes before it (TPM2B), of at most `limit` bytes. */
  sized16(limit = 0xffff): Uint8Array<ArrayBuffer> {
    const length = this.u16();
    if (length > limit) {
      throw malformed(`byte string of ${length} bytes where at most ${limit} are allowed`);
    }
    return this.bytes(length);
  }

  /** Everything that is left. */
  rest(): Uint8Array<ArrayBuffer> {
    return this.bytes(this.remaining);
  }

  /** Says that the format ends here: bytes that nobody parsed are bytes that nobody verified. */
  end(): void {
    if (this.remaining !== 0) {
      throw malformed(`${this.remaining} bytes after the end`);
    }
  }

  #advance(length: number): number {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.remaining) {
      throw malformed(`${length} bytes expected, ${this.remaining} left`);
    }
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}

const nothing = new Uint8Array();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
