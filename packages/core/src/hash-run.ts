// SPDX-License-Identifier: Apache-2.0
/** Hashes in a row, in one array: an object for each of some ten thousand would cost more than they are. */

const hashLength = 32;
const firstCapacity = 16;

/** A run of hashes whose beginning can be forgotten. */
export class HashRun {
  #first: number;
  #start = 0;
  #count = 0;
  #bytes = new Uint8Array(firstCapacity * hashLength);

  /** @param first Index of the first hash that will be pushed. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Index behind the last hash. */
  get end(): number {
    return this.#first + this.#count;
  }

  push(hash: Uint8Array): void {
    if ((this.#start + this.#count + 1) * hashLength > this.#bytes.length) {
      this.#makeRoom();
    }
    this.#bytes.set(hash, (this.#start + this.#count) * hashLength);
    this.#count += 1;
  }

  /** The hash at an index, a copy; nothing where there is none, or none any more. */
  at(index: number): Uint8Array | undefined {
    if (index < this.#first || index >= this.end) {
      return undefined;
    }
    const offset = (this.#start + index - this.#first) * hashLength;
    return this.#bytes.slice(offset, offset + hashLength);
  }

  /** Forgets what lies before an index. */
  forget(before: number): void {
    const forgotten = Math.min(before - this.#first, this.#count);
    if (forgotten > 0) {
      this.#first += forgotten;
      this.#start += forgotten;
      this.#count -= forgotten;
    }
  }

  // Twice what is in use: at most half of it is copied for each push.
  #makeRoom(): void {
    const used = this.#bytes.subarray(
      this.#start * hashLength,
      (this.#start + this.#count) * hashLength,
    );
    this.#bytes = new Uint8Array(Math.max(firstCapacity * hashLength, 2 * used.length));
    this.#bytes.set(used);
    this.#start = 0;
  }
}
