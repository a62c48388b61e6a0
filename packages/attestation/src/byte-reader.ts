// SPDX-License-Identifier: Apache-2.0
/** Bounds-checked reading of big-endian binary formats. */

import { StrongroomError } from "@strongroom/core";

/** The error of bytes that do not have the layout they should have. */
export function malformed(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("EvidenceMalformed", message, { cause });
}

/** A format within another one: where it lies in that one's copy. */
interface Part {
  readonly copy: DataView<ArrayBuffer>;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads big-endian integers and byte strings one after the other.
 *
 * It reads a copy of its own, made once, so what was verified cannot change under the reader. Nothing but
 * `EvidenceMalformed` is ever thrown.
 */
export class ByteReader {
  readonly #copy: DataView<ArrayBuffer>;
  readonly #start: number;
  readonly #end: number;
  #offset: number;

  constructor(source: Uint8Array | Part) {
    const { copy, start, end } = source instanceof Uint8Array ? wholeOf(source) : source;
    this.#copy = copy;
    this.#start = start;
    this.#end = end;
    this.#offset = start;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.#copy.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#copy.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#copy.getUint32(this.#advance(4));
  }

  u64(): bigint {
    return this.#copy.getBigUint64(this.#advance(8));
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#copy.buffer, this.#advance(length), length);
  }

  /** Passes over bytes that have no meaning here. */
  skip(length: number): void {
    this.#advance(length);
  }

  /** The next `length` bytes as a format of their own, over the same copy. */
  nested(length: number): ByteReader {
    const start = this.#advance(length);
    return new ByteReader({ copy: this.#copy, start, end: start + length });
  }

  /** Everything that was read so far. */
  consumed(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#copy.buffer, this.#start, this.#offset - this.#start);
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

function wholeOf(source: Uint8Array): Part {
  const copy = new Uint8Array(source);
  return { copy: new DataView(copy.buffer), start: 0, end: copy.length };
}
