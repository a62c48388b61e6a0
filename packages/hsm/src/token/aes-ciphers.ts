// SPDX-License-Identifier: Apache-2.0
/** AES over callers' data: GCM and CBC. */

import { StrongroomError } from "@strongroom/core";
import pkcs11js, { type Mechanism } from "pkcs11js";
import { type AesCipherAlgorithm, aesCiphers } from "../keys/algorithms.ts";
import { aesBytes, isAes } from "../keys/key-types.ts";
import { toBuffer } from "./attributes.ts";
import { requireComputable } from "./computable.ts";
import type { BlobKeyType } from "./key-profiles.ts";
import type { Handle } from "./pkcs11.ts";
import { gcmIvBytes, gcmMechanism, gcmTagBytes, randomBytes, type Session } from "./primitives.ts";
import { refusingInput } from "./refusing-input.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, objectOf } from "./use-key.ts";

/** Bytes of AES's block, and of CBC's initialisation vector. */
const blockBytes = 16;

/** What is encrypted; absent members are empty. */
export interface PlainInput {
  readonly plaintext: Uint8Array;
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
}

/** What is decrypted; absent members are empty. */
export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly aad: Uint8Array;
}

/** What encryption gives. */
export type Encrypted = Omit<Sealed, "aad">;

const none = new Uint8Array(0);

/**
 * Encrypts. GCM's initialisation vector is the token's own: one that repeats would give the key away.
 *
 * @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` if algorithm, key and input do not go together.
 */
export function encrypt(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: AesCipherAlgorithm,
  input: PlainInput,
): Encrypted {
  const { mode } = aesCiphers[algorithm];
  const key = findKey(token, use);
  requireKey(token, algorithm, key.header.keyType);
  requireParts(mode === "gcm" ? input.iv.length === 0 : input.aad.length === 0, algorithm);
  const ivBytes = mode === "gcm" ? gcmIvBytes : blockBytes;
  const iv = input.iv.length === 0 ? randomBytes(token, ivBytes) : input.iv;
  requireParts(iv.length === ivBytes, algorithm);
  requireParts(mode !== "cbc" || isWholeBlocks(input.plaintext), algorithm);
  const mechanism = toMechanism(algorithm, iv, input.aad);
  const out = encryptWith(token, objectOf(token, key, "encrypt"), mechanism, input.plaintext);
  const end = mode === "gcm" ? out.length - gcmTagBytes : out.length;
  return { ciphertext: out.subarray(0, end), iv, tag: mode === "gcm" ? out.subarray(end) : none };
}

/**
 * Decrypts; the caller wipes the result.
 *
 * @throws {StrongroomError} as `encrypt`; `BadParameter` if the ciphertext is not of this key.
 */
export function decrypt(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: AesCipherAlgorithm,
  sealed: Sealed,
): Uint8Array {
  const { mode } = aesCiphers[algorithm];
  const key = findKey(token, use);
  requireKey(token, algorithm, key.header.keyType);
  const isGcm = mode === "gcm";
  requireParts(sealed.iv.length === (isGcm ? gcmIvBytes : blockBytes), algorithm);
  requireParts(sealed.tag.length === (isGcm ? gcmTagBytes : 0), algorithm);
  requireParts(isGcm || (sealed.aad.length === 0 && isWholeBlocks(sealed.ciphertext)), algorithm);
  const mechanism = toMechanism(algorithm, sealed.iv, sealed.aad);
  const input = Buffer.concat([sealed.ciphertext, sealed.tag]);
  return decryptWith(token, objectOf(token, key, "decrypt"), mechanism, input);
}

/** One encryption with an object. */
export function encryptWith(
  session: Session,
  object: Handle,
  mechanism: Mechanism,
  plain: Uint8Array,
): Buffer {
  session.module.C_EncryptInit(session.handle, mechanism, object);
  // Padding and tag add one block at most.
  const room = Buffer.alloc(plain.length + blockBytes);
  return session.module.C_Encrypt(session.handle, toBuffer(plain), room);
}

/** One decryption with an object. @throws {StrongroomError} `BadParameter` if the token does not take the ciphertext. */
export function decryptWith(
  session: Session,
  object: Handle,
  mechanism: Mechanism,
  sealed: Uint8Array,
): Buffer {
  session.module.C_DecryptInit(session.handle, mechanism, object);
  const room = Buffer.alloc(sealed.length + blockBytes);
  return refusingInput("the ciphertext cannot be decrypted with this key", () =>
    session.module.C_Decrypt(session.handle, toBuffer(sealed), room),
  );
}

/** The mechanism of an algorithm with its parameters. */
export function toMechanism(
  algorithm: AesCipherAlgorithm,
  iv: Uint8Array,
  aad: Uint8Array,
): Mechanism {
  switch (aesCiphers[algorithm].mode) {
    case "gcm":
      return gcmMechanism({ iv, aad });
    case "cbc":
      return { mechanism: pkcs11js.CKM_AES_CBC, parameter: toBuffer(iv) };
    case "cbc-pad":
      return { mechanism: pkcs11js.CKM_AES_CBC_PAD, parameter: toBuffer(iv) };
  }
}

function requireKey(token: OpenToken, algorithm: AesCipherAlgorithm, type: BlobKeyType): void {
  const { keyBytes, mode } = aesCiphers[algorithm];
  if (!isAes(type) || aesBytes[type] !== keyBytes) {
    throw new StrongroomError("BadParameter", `${algorithm} does not go with this type of key`);
  }
  requireComputable(token, `AES-${mode}`, algorithm);
}

function isWholeBlocks(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length % blockBytes === 0;
}

function requireParts(holds: boolean, algorithm: AesCipherAlgorithm): void {
  if (!holds) {
    const message = `${algorithm} takes data, initialisation vector, tag and associated data of other lengths`;
    throw new StrongroomError("BadParameter", message);
  }
}
