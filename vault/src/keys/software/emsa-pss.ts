// SPDX-License-Identifier: Apache-2.0
/** EMSA-PSS over a digest (RFC 8017 section 9.1), MGF1 with the same hash, salt as long as the digest (RFC 7518 section 3.5). */

import { createHash, randomBytes } from "node:crypto";
import { concatBytes, equalBytes, u32be } from "@strongroom/core";
import { type HashName, hashBytes } from "../algorithms.ts";

const trailer = 0xbc;
const zeros = new Uint8Array(8);

/** The encoded block for a modulus of `length` bytes whose highest bit is set, with a fresh salt. */
export function encodePss(
  hash: HashName,
  digest: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const size = hashBytes[hash];
  const salt = randomBytes(size);
  const h = hashOf(hash, zeros, digest, salt);
  const db = new Uint8Array(length - size - 1);
  db[db.length - size - 1] = 0x01;
  db.set(salt, db.length - size);
  const masked = exclusiveOr(db, maskOf(hash, h, db.length));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return concatBytes(masked, h, new Uint8Array([trailer]));
}

/** Whether `block`, as long as the modulus, encodes `digest`. Everything here is public. */
export function isPssOf(hash: HashName, digest: Uint8Array, block: Uint8Array): boolean {
  const size = hashBytes[hash];
  const split = block.length - size - 1;
  const masked = block.subarray(0, split);
  if (block.at(-1) !== trailer || split < size + 1 || ((masked[0] ?? 0) & 0x80) !== 0) {
    return false;
  }
  const h = block.subarray(split, -1);
  const db = exclusiveOr(masked, maskOf(hash, h, split));
  db[0] = (db[0] ?? 0) & 0x7f;
  const padding = db.subarray(0, split - size);
  if (padding.at(-1) !== 0x01 || padding.subarray(0, -1).some((byte) => byte !== 0)) {
    return false;
  }
  return equalBytes(hashOf(hash, zeros, digest, db.subarray(split - size)), h);
}

/** MGF1, RFC 8017 appendix B.2.1. */
function maskOf(hash: HashName, seed: Uint8Array, length: number): Uint8Array {
  const blocks = Math.ceil(length / hashBytes[hash]);
  const parts = Array.from({ length: blocks }, (_, i) => hashOf(hash, seed, u32be(i)));
  return concatBytes(...parts).subarray(0, length);
}

function hashOf(hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash(hash);
  for (const part of parts) {
    state.update(part);
  }
  return new Uint8Array(state.digest());
}

function exclusiveOr(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(a, (byte, i) => byte ^ (b[i] ?? 0));
}
