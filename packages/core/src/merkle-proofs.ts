// SPDX-License-Identifier: Apache-2.0
/** Checking of Merkle proofs. RFC 9162 sections 2.1.3.2 and 2.1.4.2. */

import { equalBytes } from "./bytes.ts";
import { type Hash, nodeHash } from "./merkle-tree.ts";

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
