// SPDX-License-Identifier: Apache-2.0
/** RSA-OAEP, RSA-OAEP-256 (RFC 7518 section 4.3) and RSA1_5. */

import { constants, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";
import { StrongroomError } from "@strongroom/core";
import type { EncryptionAlgorithm } from "../algorithms.ts";

/** An RSA encryption algorithm. */
export type RsaEncryption = Extract<EncryptionAlgorithm, { readonly family: "rsa" }>;

/** Encrypts. @throws {StrongroomError} `BadParameter` if the plaintext is too long for key and padding. */
export function encryptRsa(
  algorithm: RsaEncryption,
  key: KeyObject,
  plain: Uint8Array,
): Uint8Array {
  try {
    return new Uint8Array(publicEncrypt({ key, ...paddingOf(algorithm) }, plain));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the value does not fit the key", { cause });
  }
}

/**
 * Decrypts; the caller wipes the result.
 *
 * With RSA1_5 a bad padding gives random bytes instead of an error: OpenSSL's implicit rejection, so that the answer
 * is no oracle (Bleichenbacher). With OAEP all failures are one.
 *
 * @throws {StrongroomError} `BadParameter` if it does not decrypt.
 */
export function decryptRsa(
  algorithm: RsaEncryption,
  key: KeyObject,
  ciphertext: Uint8Array,
): Uint8Array {
  try {
    return privateDecrypt({ key, ...paddingOf(algorithm) }, ciphertext);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the value does not decrypt with this key", {
      cause,
    });
  }
}

function paddingOf(algorithm: RsaEncryption) {
  return algorithm.padding === "oaep"
    ? { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: algorithm.hash }
    : { padding: constants.RSA_PKCS1_PADDING };
}
