// SPDX-License-Identifier: Apache-2.0
/** Keys out of a password, PKCS#12's own way. RFC 7292 appendix B.2. */

import { hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { concatBytes, StrongroomError } from "@strongroom/core";

/** What a derived key is for; the number goes into the derivation. RFC 7292 appendix B.3. */
export const purpose = { encryption: 1, iv: 2, mac: 3 } as const;

/** Block and output of the hashes that are met, in bytes. */
const hashes = {
  sha1: { block: 64, output: 20 },
  sha256: { block: 64, output: 32 },
  sha384: { block: 128, output: 48 },
  sha512: { block: 128, output: 64 },
} as const;

/** A hash that this derivation can use. */
export type Pkcs12Hash = keyof typeof hashes;

/** Rounds of hashing that a file may ask for: each costs time that others wait for. */
const maxIterations = 200_000;
/** Rounds after which others get their turn. */
const roundsPerTurn = 2_000;

/** What is derived. */
export interface Derivation {
  readonly hash: Pkcs12Hash;
  /** UTF-16, big-endian, with the two zero bytes at its end; or nothing at all. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly purpose: number;
  /** Bytes to derive. */
  readonly length: number;
}

/** Derives; gives way to others now and then. @throws {StrongroomError} `BadParameter` if it would take too long. */
export async function derivePkcs12Key(wanted: Derivation): Promise<Uint8Array<ArrayBuffer>> {
  if (wanted.iterations < 1 || wanted.iterations > maxIterations) {
    throw new StrongroomError(
      "BadParameter",
      `a password is to be hashed more than ${maxIterations} times`,
    );
  }
  const { block, output } = hashes[wanted.hash];
  const diversifier = new Uint8Array(block).fill(wanted.purpose);
  let seed = concatBytes(fill(wanted.salt, block), fill(wanted.password, block));
  const blocks: Uint8Array[] = [];
  for (let have = 0; have < wanted.length; have += output) {
    const digest = await iterate(wanted, concatBytes(diversifier, seed));
    blocks.push(digest);
    seed = addToEach(seed, fill(digest, block).subarray(0, block));
  }
  return concatBytes(...blocks).slice(0, wanted.length);
}

async function iterate(wanted: Derivation, first: Uint8Array): Promise<Uint8Array> {
  let digest = first;
  for (let round = 0; round < wanted.iterations; round += 1) {
    digest = hash(wanted.hash, digest, "buffer");
    if (round % roundsPerTurn === roundsPerTurn - 1) {
      await nextTurn();
    }
  }
  return new Uint8Array(digest);
}

/** Copies of `bytes` up to the next whole block; nothing of nothing. */
function fill(bytes: Uint8Array, block: number): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(Math.ceil(bytes.length / block) * block);
  return filled.map((_, index) => bytes[index % bytes.length] ?? 0);
}

/** Each block of `seed` plus `addend` plus one, as big-endian numbers. */
function addToEach(seed: Uint8Array, addend: Uint8Array): Uint8Array<ArrayBuffer> {
  const sum = new Uint8Array(seed);
  for (let start = 0; start < sum.length; start += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i -= 1) {
      carry += (sum[start + i] ?? 0) + (addend[i] ?? 0);
      sum[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum;
}
