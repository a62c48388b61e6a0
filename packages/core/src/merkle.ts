// SPDX-License-Identifier: Apache-2.0
/** Merkle tree hashing and proofs of an append-only log. RFC 6962 section 2.1; RFC 9162 section 2.1.3 and 2.1.4. */

import { equalBytes, sha256 } from "./bytes.ts";

const leafPrefix = new Uint8Array([0]);
const nodePrefix = new Uint8Array([1]);

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

/** Root of the empty tree: the hash of nothing. */
export const emptyRoot: Hash = sha256();

/** Hash of a leaf's bytes: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Hash {
  return sha256(leafPrefix, leaf);
}

function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(nodePrefix, left, right);
}

/**
 * The tree of a growing log, holding every node's hash in memory: 64 bytes a leaf, appends and proofs in O(log n).
 */
export class MerkleTree {
  // levels[0] holds leaf hashes; levels[k][i] the root of the complete subtree over leaves [i*2^k, (i+1)*2^k).
  readonly #levels: Hash[][] = [[]];

  get size(): number {
    return this.#level(0).length;
  }

  /** Appends the hash of a leaf. */
  append(hash: Hash): void {
    this.#level(0).push(hash);
    for (let k = 0; this.#level(k).length % 2 === 0; k += 1) {
      const level = this.#level(k);
      const left = level[level.length - 2];
      const right = level[level.length - 1];
      if (left === undefined || right === undefined) {
        return;
      }
      this.#level(k + 1).push(nodeHash(left, right));
    }
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

  #level(k: number): Hash[] {
    const level = this.#levels[k] ?? [];
    this.#levels[k] = level;
    return level;
  }

  #range(start: number, end: number): Hash {
    const size = end - start;
    const k = Math.log2(size);
    const kept = Number.isInteger(k) ? this.#level(k)[start / size] : undefined;
    if (kept !== undefined) {
      return kept;
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

/** Whether `path` proves that `leaf` is at `index` of the tree with `size` and `root`. RFC 9162 section 2.1.3.2. */
export function verifyInclusion(claim: {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly path: readonly Hash[];
  readonly root: Hash;
}): boolean {
  if (!Number.isSafeInteger(claim.index) || claim.index < 0 || claim.index >= claim.size) {
    return false;
  }
  let fn = claim.index;
  let sn = claim.size - 1;
  let hash = claim.leaf;
  for (const node of claim.path) {
    if (sn === 0) {
      return false;
    }
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(node, hash);
      [fn, sn] = shiftToOdd(fn, sn);
    } else {
      hash = nodeHash(hash, node);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equalBytes(hash, claim.root);
}

/** Whether `proof` shows that the tree (newSize, newRoot) extends (oldSize, oldRoot). RFC 9162 section 2.1.4.2. */
export function verifyConsistency(claim: {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly newSize: number;
  readonly newRoot: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  if (oldSize === newSize || oldSize === 0) {
    return proof.length === 0 && (oldSize === 0 || equalBytes(oldRoot, newRoot));
  }
  if (oldSize < 0 || oldSize > newSize) {
    return false;
  }
  const [first, ...path] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const roots = first === undefined ? undefined : climb(first, path, oldSize, newSize);
  return (
    roots !== undefined && equalBytes(roots.oldHash, oldRoot) && equalBytes(roots.newHash, newRoot)
  );
}

/** Steps 4 to 6 of that section: both roots as the path gives them, or nothing where its length is wrong. */
function climb(
  first: Hash,
  path: readonly Hash[],
  oldSize: number,
  newSize: number,
): { readonly oldHash: Hash; readonly newHash: Hash } | undefined {
  let [fn, sn] = shiftOutOnes(oldSize - 1, newSize - 1);
  let [oldHash, newHash] = [first, first];
  for (const node of path) {
    if (sn === 0) {
      return undefined;
    }
    if (fn % 2 === 1 || fn === sn) {
      oldHash = nodeHash(node, oldHash);
      newHash = nodeHash(node, newHash);
      [fn, sn] = shiftToOdd(fn, sn);
    } else {
      newHash = nodeHash(newHash, node);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? { oldHash, newHash } : undefined;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

// "If LSB(fn) is not set, right-shift both until it is, or fn is 0": the node was the last of its level.
function shiftToOdd(fn: number, sn: number): [number, number] {
  let [a, b] = [fn, sn];
  while (a % 2 === 0 && a !== 0) {
    a = Math.floor(a / 2);
    b = Math.floor(b / 2);
  }
  return [a, b];
}

function shiftOutOnes(fn: number, sn: number): [number, number] {
  let [a, b] = [fn, sn];
  while (a % 2 === 1) {
    a = Math.floor(a / 2);
    b = Math.floor(b / 2);
  }
  return [a, b];
}
