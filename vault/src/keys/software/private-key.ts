// SPDX-License-Identifier: Apache-2.0
/** Key material as stored, PKCS #8 or raw bytes, and the KeyObject that OpenSSL makes of it. */

import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { SecretBytes, StrongroomError } from "@strongroom/core";
import { type KeyType, keyShapes } from "../key-type.ts";

/** A key that was made or taken in: what is secret of it, and what is not. */
export interface KeyMaterial {
  readonly type: KeyType;
  /** PKCS #8, DER; of an AES key its bytes. */
  readonly material: SecretBytes;
  /** SubjectPublicKeyInfo, DER; empty for an AES key. */
  readonly publicKey: Uint8Array;
}

/** The key of stored material (the caller still owns it). @throws {StrongroomError} `StoreTampered` if it is no key. */
export function openPrivateKey(type: KeyType, material: Uint8Array): KeyObject {
  if (keyShapes[type].family === "aes") {
    return createSecretKey(material);
  }
  try {
    return createPrivateKey({ key: asBuffer(material), format: "der", type: "pkcs8" });
  } catch (cause) {
    throw new StrongroomError("StoreTampered", "stored key material is no key", { cause });
  }
}

/** The key of a stored SubjectPublicKeyInfo. @throws {StrongroomError} `StoreTampered` if it is none. */
export function openPublicKey(publicKey: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: asBuffer(publicKey), format: "der", type: "spki" });
  } catch (cause) {
    throw new StrongroomError("StoreTampered", "a stored public key is no key", { cause });
  }
}

/** Material of a private key. */
export function materialOf(type: KeyType, key: KeyObject): KeyMaterial {
  return {
    type,
    material: new SecretBytes(key.export({ format: "der", type: "pkcs8" })),
    publicKey: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })),
  };
}

/** Material of an AES key; takes ownership of `bytes`. */
export function aesMaterial(type: KeyType, bytes: Uint8Array): KeyMaterial {
  return { type, material: new SecretBytes(bytes), publicKey: new Uint8Array() };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
