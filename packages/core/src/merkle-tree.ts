// SPDX-License-Identifier: Apache-2.0
/** Merkle tree of an append-only log: hashes, roots and the making of proofs. RFC 6962 section 2.1. */

import { sha256, sha256OfText } from "./bytes.ts";
import { StrongroomError } from "./errors.ts";
import { HashRun } from "./hash-run.ts";

const leafPrefix = new Uint8Array([0]);
const nodePrefix = new Uint8Array([1]);
const hashLength = 32;

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

/** Root of the empty tree: the hash of nothing. */
export const emptyRoot: Hash = sha256();

/** Hash of a leaf's bytes: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Hash {
  return sha256(leafPrefix, leaf);
}

/** Hash of a leaf that is text: of its UTF-8 bytes. */
export function leafHashOfText(leaf: string): Hash {
  return sha256OfText(`\0${leaf}`);
}

// One array for all: each leaf has an inner node in the long run.
const nodeInput = new Uint8Array([...nodePrefix, ...new Uint8Array(2 * hashLength)]);

/** Hash of an inner node: SHA-256(0x01 || left || right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  if (left.length !== hashLength || right.length !== hashLength) {
    // Of a proof that somebody made up.
    return sha256(nodePrefix, left, right);
  }
  nodeInput.set(left, nodePrefix.length);
  nodeInput.set(right, nodePrefix.length + hashLength);
  return sha256(nodeInput);
}

/**
 * The tree of a growing log, holding its nodes' hashes in memory, appends and proofs in O(log n).
 *
 * What is only needed for proofs about old leaves can be forgotten, so that a long log does not fill the memory.
 */
export class MerkleTree {
  // levels[0] holds leaf hashes; levels[k] at i the root of the complete subtree over leaves [i*2^k, (i+1)*2^k).
  readonly #levels: HashRun[] = [];

  /** A tree that is known by its size and its frontier; it has forgotten all else. */
  static fromFrontier(size: number, frontier: readonly Hash[]): MerkleTree {
    const tree = new MerkleTree();
    const roots = [...frontier];
    for (let k = Math.floor(Math.log2(Math.max(size, 1))); k >= 0; k -= 1) {
      const count = Math.floor(size / 2 ** k);
      const root = count % 2 === 1 ? roots.shift() : undefined;
      const level = new HashRun(root === undefined ? count : count - 1);
      tree.#levels[k] = level;
      if (root !== undefined) {
        level.push(root);
      }
    }
    return tree;
  }

  get size(): number {
    return this.#level(0).end;
  }

  /** Appends the hash of a leaf. */
  append(hash: Hash): void {
    this.#level(0).push(hash);
    for (let k = 0; this.#level(k).end % 2 === 0; k += 1) {
      const left = this.#node(k, this.#level(k).end - 2);
      const right = this.#node(k, this.#level(k).end - 1);
      if (left === undefined || right === undefined) {
        return;
      }
      this.#level(k + 1).push(nodeHash(left, right));
    }
  }

  /**
   * Forgets what no proof needs that is about leaves from `index` on, between sizes of at least that.
   *
   * Roots and proofs of smaller trees can no longer be had.
   */
  forget(index: number): void {
    for (const [k, level] of this.#levels.entries()) {
      // The node over `index`, and the one to its left, which may be its sibling on a path.
      level.forget(Math.floor(index / 2 ** k) - 1);
    }
  }

  /** The roots of the complete subtrees that the tree consists of, the largest first. */
  frontier(): readonly Hash[] {
    const roots: Hash[] = [];
    let [start, left] = [0, this.size];
    for (let k = this.#levels.length - 1; k >= 0; k -= 1) {
      if (left >= 2 ** k) {
        roots.push(this.#range(start, start + 2 ** k));
        start += 2 ** k;
        left -= 2 ** k;
      }
    }
    return roots;
  }

  /** Root over the first `size` leaves; all of them by default. */
  root(size: number = this.size): Hash {
    return size === 0 ? emptyRoot : this.#range(0, size);
  }

  /** Path that proves leaf `index` to be in the tree of `size`. RFC 6962 section 2.1.1. */
  inclusionProof(index: number, size: number = this.size): readonly Hash[] {
    return this.#path(index, 0, size);
  }

  /** Path that proves the tree of `newSize` to extend the tree of `oldSize`. RFC 6962 section 2.1.2. */
  consistencyProof(oldSize: number, newSize: number = this.size): readonly Hash[] {
    return oldSize === 0 || oldSize === newSize ? [] : this.#subproof(oldSize, 0, newSize, true);
  }

  #level(k: number): HashRun {
    const level = this.#levels[k] ?? new HashRun(0);
    this.#levels[k] = level;
    return level;
  }

  #node(k: number, index: number): Hash | undefined {
    return this.#level(k).at(index);
  }

  #range(start: number, end: number): Hash {
    const size = end - start;
    const k = Math.log2(size);
    const kept = Number.isInteger(k) ? this.#node(k, start / size) : undefined;
    if (kept !== undefined) {
      return kept;
    }
    if (size <= 1) {
      throw new StrongroomError("Internal", "the tree has forgotten what a proof needs");
    }
    const split = start + splitPoint(size);
    return nodeHash(this.#range(start, split), this.#range(split, end));
  }

  #path(index: number, start: number, end: number): Hash[] {
    if (end - start <= 1) {
      return [];
    }
    const split = start + splitPoint(end - start);
    return index < split
      ? [...this.#path(index, start, split), this.#range(split, end)]
      : [...this.#path(index, split, end), this.#range(start, split)];
  }

  #subproof(oldSize: number, start: number, end: number, whole: boolean): Hash[] {
    if (oldSize === end) {
      return whole ? [] : [this.#range(start, end)];
    }
    const split = start + splitPoint(end - start);
    return oldSize <= split
      ? [...this.#subproof(oldSize, start, split, whole), this.#range(split, end)]
      : [...this.#subproof(oldSize, split, end, false), this.#range(start, split)];
  }
}

/** Largest power of two below `size`. */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) {
    split *= 2;
  }
  return split;
}
