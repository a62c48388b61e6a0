// SPDX-License-Identifier: Apache-2.0
/** Root of a growing log in O(log n) memory: for replaying logs whose proofs nobody asks for. RFC 6962 section 2.1. */

import { emptyRoot, type Hash, sha256 } from "@strongroom/core";

const nodePrefix = new Uint8Array([1]);

/** The roots of the complete subtrees that a log of this size consists of, the largest first. */
export class MerkleFrontier {
  readonly #roots: Hash[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends the hash of a leaf. */
  append(hash: Hash): void {
    let node = hash;
    // Every trailing one bit of the size is a complete subtree that the new leaf completes to a larger one.
    for (let bits = this.#size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
      node = sha256(nodePrefix, this.#roots.pop() ?? emptyRoot, node);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  /** Root over all leaves so far. */
  root(): Hash {
    return this.#roots.length === 0
      ? emptyRoot
      : this.#roots.reduceRight((right, left) => sha256(nodePrefix, left, right));
  }
}
