// SPDX-License-Identifier: Apache-2.0
/** AES as Key Vault offers it: GCM, CBC with and without padding (SP 800-38D, 38A), key wrap (RFC 3394, 5649). */

import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import { concatBytes, StrongroomError } from "@strongroom/core";
import {
  type AesEncryption,
  blockBytes,
  type CipherParameters,
  type Encrypted,
  gcmIvBytes,
  gcmTagBytes,
  requireDecryptable,
  requireEncryptable,
} from "../cipher-parameters.ts";

/** RFC 3394 section 2.2.3.1 and RFC 5649 section 3. */
const wrapIvs = {
  kw: new Uint8Array(8).fill(0xa6),
  kwp: new Uint8Array([0xa6, 0x59, 0x59, 0xa6]),
};

/** Encrypts. @throws {StrongroomError} `BadParameter` for an IV, AAD or length that the mode does not take. */
export function encryptAes(
  algorithm: AesEncryption,
  key: KeyObject,
  plain: Uint8Array,
  parameters: CipherParameters = {},
): Encrypted {
  requireEncryptable(algorithm, { ...parameters, bytes: plain });
  switch (algorithm.mode) {
    case "gcm":
      return encryptGcm(key, plain, parameters.aad);
    case "cbc":
    case "cbcpad": {
      const iv = parameters.iv ?? randomBytes(blockBytes);
      const cipher = createCipheriv(cbcName(key), key, iv);
      cipher.setAutoPadding(algorithm.mode === "cbcpad");
      return { bytes: concatBytes(cipher.update(plain), cipher.final()), iv };
    }
    case "kw":
    case "kwp": {
      const cipher = createCipheriv(wrapName(algorithm.mode, key), key, wrapIvs[algorithm.mode]);
      return { bytes: concatBytes(cipher.update(plain), cipher.final()) };
    }
  }
}

/**
 * Decrypts; the caller wipes the result.
 *
 * @throws {StrongroomError} `BadParameter` if it does not decrypt: all reasons are one.
 */
export function decryptAes(
  algorithm: AesEncryption,
  key: KeyObject,
  encrypted: Encrypted,
): Uint8Array {
  requireDecryptable(algorithm, encrypted);
  try {
    return finish(decipherFor(algorithm, key, encrypted), encrypted.bytes);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the value does not decrypt with this key", {
      cause,
    });
  }
}

function encryptGcm(key: KeyObject, plain: Uint8Array, aad: Uint8Array | undefined): Encrypted {
  const iv = randomBytes(gcmIvBytes);
  const cipher = createCipheriv(gcmName(key), key, iv);
  cipher.setAAD(aad ?? new Uint8Array());
  const bytes = concatBytes(cipher.update(plain), cipher.final());
  return { bytes, iv, tag: cipher.getAuthTag(), ...(aad === undefined ? {} : { aad }) };
}

/** What deciphers here: bytes, then the check or the padding. */
interface Decipher {
  update(bytes: Uint8Array): Buffer;
  final(): Buffer;
}

function decipherFor(algorithm: AesEncryption, key: KeyObject, encrypted: Encrypted): Decipher {
  const { iv = new Uint8Array(), tag = new Uint8Array(), aad = new Uint8Array() } = encrypted;
  switch (algorithm.mode) {
    case "gcm": {
      const decipher = createDecipheriv(gcmName(key), key, iv, { authTagLength: gcmTagBytes });
      decipher.setAAD(aad);
      return decipher.setAuthTag(tag);
    }
    case "cbc":
    case "cbcpad":
      return createDecipheriv(cbcName(key), key, iv).setAutoPadding(algorithm.mode === "cbcpad");
    case "kw":
    case "kwp":
      return createDecipheriv(wrapName(algorithm.mode, key), key, wrapIvs[algorithm.mode]);
  }
}

// What was deciphered before the check failed never leaves, and is wiped.
function finish(decipher: Decipher, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = decipher.update(bytes);
  try {
    const tail = decipher.final();
    const plain = concatBytes(head, tail);
    tail.fill(0);
    return plain;
  } finally {
    head.fill(0);
  }
}

const bitsOf = (key: KeyObject): number => (key.symmetricKeySize ?? 0) * 8;
const cbcName = (key: KeyObject): string => `aes-${bitsOf(key)}-cbc`;
const wrapName = (mode: "kw" | "kwp", key: KeyObject): string =>
  `aes${bitsOf(key)}-wrap${mode === "kwp" ? "-pad" : ""}`;

function gcmName(key: KeyObject) {
  return `aes-${bitsOf(key)}-gcm` as "aes-128-gcm" | "aes-192-gcm" | "aes-256-gcm";
}
