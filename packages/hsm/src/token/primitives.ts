// SPDX-License-Identifier: Apache-2.0
/** One-call cryptography in an open session: MAC, sign, AES-GCM, key wrap, random, throw-away keys. */

import pkcs11js from "pkcs11js";
import { type Attributes, type KeyUse, onlyFor, toBuffer, toTemplate } from "./attributes.ts";
import type { Handle, Pkcs11 } from "./pkcs11.ts";

/** A module and the session that calls are made in. */
export interface Session {
  readonly module: Pkcs11;
  readonly handle: Handle;
}

/** Initialisation vector and tag of AES-GCM in bytes. */
export const gcmIvBytes = 12;
export const gcmTagBytes = 16;

/** Bytes of the token's random generator. */
export function randomBytes(session: Session, count: number): Buffer {
  return session.module.C_GenerateRandom(session.handle, Buffer.alloc(count));
}

/** HMAC-SHA-256, 32 bytes. */
export function hmacSha256(session: Session, key: Handle, input: Uint8Array): Buffer {
  session.module.C_SignInit(session.handle, { mechanism: pkcs11js.CKM_SHA256_HMAC }, key);
  return session.module.C_Sign(session.handle, toBuffer(input), Buffer.alloc(32));
}

/** What AES-GCM takes beside key and text. */
export interface GcmInput {
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
}

/** AES-GCM: ciphertext and 16-byte tag. */
export function gcmEncrypt(
  session: Session,
  key: Handle,
  input: GcmInput,
  plain: Uint8Array,
): Buffer {
  session.module.C_EncryptInit(session.handle, gcmMechanism(input), key);
  const room = Buffer.alloc(plain.length + gcmTagBytes);
  return session.module.C_Encrypt(session.handle, toBuffer(plain), room);
}

/** Opens what `gcmEncrypt` made; the caller wipes it. */
export function gcmDecrypt(
  session: Session,
  key: Handle,
  input: GcmInput,
  sealed: Uint8Array,
): Buffer {
  session.module.C_DecryptInit(session.handle, gcmMechanism(input), key);
  return session.module.C_Decrypt(session.handle, toBuffer(sealed), Buffer.alloc(sealed.length));
}

/** CK_GCM_PARAMS with ulIvBits, as PKCS#11 2.40 errata 01 and 3.0 have it. */
export function gcmMechanism(input: GcmInput): pkcs11js.Mechanism {
  const parameter: pkcs11js.GcmParams = {
    type: pkcs11js.CK_PARAMS_AES_GCM_v240,
    iv: toBuffer(input.iv),
    ivBits: gcmIvBytes * 8,
    aad: toBuffer(input.aad),
    tagBits: gcmTagBytes * 8,
  };
  return { mechanism: pkcs11js.CKM_AES_GCM, parameter };
}

/** A key that wraps, with its mechanism. */
export interface WrappingKey {
  /** By its number, or with its parameters. */
  readonly mechanism: number | pkcs11js.Mechanism;
  readonly key: Handle;
}

/** Room for a wrapped key in bytes: a P-256 key takes 80, an RSA-4096 key below 2,400. */
const wrappedRoom = 4096;

/** What `key` is wrapped by another. */
export function wrapKey(session: Session, by: WrappingKey, key: Handle): Buffer {
  const room = Buffer.alloc(wrappedRoom);
  return session.module.C_WrapKey(session.handle, mechanismOf(by), by.key, key, room);
}

/** The object that a wrapped key becomes under a template. */
export function unwrapKey(
  session: Session,
  by: WrappingKey,
  wrapped: Uint8Array,
  attributes: Attributes,
): Handle {
  const [input, template] = [toBuffer(wrapped), toTemplate(attributes)];
  return session.module.C_UnwrapKey(session.handle, mechanismOf(by), by.key, input, template);
}

function mechanismOf({ mechanism }: WrappingKey): pkcs11js.Mechanism {
  return typeof mechanism === "number" ? { mechanism } : mechanism;
}

/** A secret key as session object with one purpose, from bytes that the caller wipes. */
export function importSecret(
  session: Session,
  value: Uint8Array,
  options: {
    readonly type: "CKK_AES" | "CKK_GENERIC_SECRET";
    readonly uses: readonly KeyUse[];
    /** Known test keys are extractable; no other is. */
    readonly extractable: boolean;
  },
): Handle {
  const template = toTemplate({
    CKA_CLASS: "CKO_SECRET_KEY",
    CKA_KEY_TYPE: options.type,
    CKA_TOKEN: false,
    CKA_PRIVATE: true,
    CKA_SENSITIVE: !options.extractable,
    CKA_EXTRACTABLE: options.extractable,
    ...onlyFor(...options.uses),
    CKA_VALUE: value,
  });
  return session.module.C_CreateObject(session.handle, template);
}

/** Runs `work` with a session object that is destroyed afterwards, whatever happens. */
export function withObject<T>(session: Session, object: Handle, work: (object: Handle) => T): T {
  try {
    return work(object);
  } finally {
    session.module.C_DestroyObject(session.handle, object);
  }
}
