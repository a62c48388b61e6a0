// SPDX-License-Identifier: Apache-2.0
/** RSA-OAEP with SHA-256 and a label, RFC 8017 section 7.1. */

import { constants, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";

const padding = constants.RSA_PKCS1_OAEP_PADDING;
const oaepHash = "sha256";

/** Encrypts; the label is not secret, and the same is needed to decrypt. */
export function encryptOaep(key: KeyObject, label: Buffer, plain: Uint8Array): Uint8Array {
  return new Uint8Array(publicEncrypt({ key, padding, oaepHash, oaepLabel: label }, plain));
}

/** Decrypts, or answers `undefined` if it was encrypted to another key or under another label. */
export function decryptOaep(
  key: KeyObject,
  label: Buffer,
  sealed: Uint8Array,
): Uint8Array | undefined {
  try {
    return privateDecrypt({ key, padding, oaepHash, oaepLabel: label }, sealed);
  } catch {
    return undefined;
  }
}
