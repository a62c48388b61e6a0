// SPDX-License-Identifier: Apache-2.0
/**
 * Takes the padding off what the token's bare RSA operation gave.
 *
 * The block is encrypted, without padding, to a helper key of this process, and decrypted with it by OpenSSL, whose padding
 * code takes the same time for right and wrong padding and, for PKCS #1, answers wrong padding with other bytes
 * (draft-irtf-cfrg-rsa-guidance). A helper key protects nothing.
 */

import {
  constants,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/core";
import { type HashName, hashes } from "../keys/algorithms.ts";

interface Helper {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Takes OAEP of a hash function (or PKCS #1 padding, for `undefined`) off a block, and wipes the block. */
export type Unpad = (block: Uint8Array, hash: HashName | undefined) => Promise<Uint8Array>;

/** The padding of blocks of every length; helper keys are made at their first use and kept. */
export function createUnpad(): Unpad {
  const helpers = new Map<number, Promise<Helper>>();
  return async (block, hash) => {
    const bits = block.length * 8;
    const helper = helpers.get(bits) ?? promisify(generateKeyPair)("rsa", { modulusLength: bits });
    helpers.set(bits, helper);
    try {
      return unpad(await helper, block, hash);
    } finally {
      block.fill(0);
    }
  };
}

function unpad(helper: Helper, block: Uint8Array, hash: HashName | undefined): Uint8Array {
  makeRepresentable(block);
  const { publicKey, privateKey } = helper;
  const again = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
  try {
    return hash === undefined
      ? privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, again)
      : privateDecrypt(
          {
            key: privateKey,
            padding: constants.RSA_PKCS1_OAEP_PADDING,
            oaepHash: hashes[hash].openSslName,
          },
          again,
        );
  } catch {
    throw new StrongroomError("BadParameter", "the ciphertext cannot be decrypted with this key");
  }
}

/** Bytes at the block's end that wrong padding has changed: within OAEP's masked data, whatever the hash function. */
const disturbedBytes = 16;

/**
 * A block whose first byte is not zero is wrongly padded, and may be too large for the helper's modulus: an error of its
 * own, which is Manger's oracle. So, without a branch, the first byte becomes zero, and in such a block the second as well
 * (PKCS #1 has 2 there) and the last ones something else (OAEP's seed, and all that it masks, changes with them): OpenSSL
 * finds the padding wrong as it finds any other.
 */
function makeRepresentable(block: Uint8Array): void {
  const first = block[0] ?? 0;
  // All ones unless the first byte is zero.
  const mask = (-first >> 8) & 0xff;
  block[0] = 0;
  block[1] = (block[1] ?? 0) & ~mask;
  const end = block.length - disturbedBytes;
  for (const [index, byte] of randomBytes(disturbedBytes).entries()) {
    block[end + index] = (block[end + index] ?? 0) ^ (byte & mask);
  }
}
