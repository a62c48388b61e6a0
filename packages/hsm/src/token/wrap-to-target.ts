// SPDX-License-Identifier: Apache-2.0
/**
 * A key of the token leaves to an RSA key outside by RSA-AES key wrap composed in the token: it is never in this host's
 * memory. Where the token lacks OAEP's hash function, the AES key that carries it is, for an instant.
 */

import { constants, type KeyObject, publicEncrypt } from "node:crypto";
import { concatBytes, fromBase64url, isSoundRsaKey, StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { type ExchangeHash, hashes } from "../keys/algorithms.ts";
import type { ReleaseTarget } from "../keys/release-target.ts";
import { type Attributes, type KeyUse, onlyFor, toTemplate } from "./attributes.ts";
import { parseSpki } from "./parse-key.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, randomBytes, type Session, withObject, wrapKey } from "./primitives.ts";
import { oaep } from "./rsa-decryption.ts";
import type { OpenToken } from "./token.ts";

/** Such a target, once its key is known to be one. */
export interface ParsedTarget {
  readonly key: KeyObject;
  readonly hash: ExchangeHash;
}

/** Bytes of an AES-256 key: of the one that carries what leaves, and of fresh data keys. */
const keyBytes = 32;

/** @throws {StrongroomError} `BadParameter` unless it is a sound RSA key: tokens are not asked about others, as some end with them. */
export function parseTarget({ publicKey, hash }: ReleaseTarget): ParsedTarget {
  try {
    const key = parseSpki(publicKey);
    if (isSoundRsaKey(key)) {
      return { key, hash };
    }
  } catch {
    // Said below, with what is no RSA key.
  }
  throw new StrongroomError("BadParameter", "a key is released to an RSA key of 2048 to 8192 bits");
}

/** Wraps an object that may be wrapped. */
export function wrapToTarget(token: OpenToken, key: Handle, to: ParsedTarget): Uint8Array {
  return hasOaep(token, to) ? wrapInside(token, key, to) : wrapByCarrier(token, key, to);
}

/** A fresh AES-256 key by OAEP alone, made in the token where that can wrap it. */
export function wrapFreshKey(token: OpenToken, to: ParsedTarget): Uint8Array {
  if (hasOaep(token, to)) {
    return withObject(token, generateAes256(token), (fresh) => wrapByOaep(token, fresh, to));
  }
  const fresh = randomBytes(token, keyBytes);
  try {
    return encryptOutside(fresh, to);
  } finally {
    fresh.fill(0);
  }
}

/** A fresh AES-256 key as session object that can be wrapped, and used for `uses`. */
export function generateAes256(session: Session, ...uses: readonly KeyUse[]): Handle {
  const template: Attributes = {
    CKA_TOKEN: false,
    CKA_PRIVATE: true,
    CKA_SENSITIVE: true,
    CKA_EXTRACTABLE: true,
    ...onlyFor(...uses),
    CKA_VALUE_LEN: keyBytes,
  };
  const mechanism = { mechanism: pkcs11js.CKM_AES_KEY_GEN };
  return session.module.C_GenerateKey(session.handle, mechanism, toTemplate(template));
}

/** The target's public key as a session object that wraps. */
export function importTarget(session: Session, key: KeyObject): Handle {
  const { n = "", e = "" } = key.export({ format: "jwk" });
  const template: Attributes = {
    CKA_CLASS: "CKO_PUBLIC_KEY",
    CKA_KEY_TYPE: "CKK_RSA",
    CKA_TOKEN: false,
    CKA_PRIVATE: false,
    CKA_ENCRYPT: false,
    CKA_VERIFY: false,
    CKA_WRAP: true,
    CKA_MODULUS: fromBase64url(n),
    CKA_PUBLIC_EXPONENT: fromBase64url(e),
  };
  return session.module.C_CreateObject(session.handle, toTemplate(template));
}

function hasOaep(token: OpenToken, { hash }: ParsedTarget): boolean {
  return token.computable.has(`OAEP-wrap/${hash}`);
}

// The carrier is made in the token and leaves it under the target's key only.
function wrapInside(token: OpenToken, key: Handle, to: ParsedTarget): Uint8Array {
  return withObject(token, generateAes256(token, "CKA_WRAP"), (carrier) =>
    concatBytes(
      wrapByOaep(token, carrier, to),
      wrapKey(token, { mechanism: token.keyWrap, key: carrier }, key),
    ),
  );
}

function wrapByCarrier(token: OpenToken, key: Handle, to: ParsedTarget): Uint8Array {
  const carrier = randomBytes(token, keyBytes);
  try {
    const head = encryptOutside(carrier, to);
    const options = { type: "CKK_AES", uses: ["CKA_WRAP"], extractable: false } as const;
    return withObject(token, importSecret(token, carrier, options), (object) =>
      concatBytes(head, wrapKey(token, { mechanism: token.keyWrap, key: object }, key)),
    );
  } finally {
    carrier.fill(0);
  }
}

function wrapByOaep(token: OpenToken, key: Handle, to: ParsedTarget): Uint8Array {
  return withObject(token, importTarget(token, to.key), (target) =>
    wrapKey(token, { mechanism: oaep(to.hash), key: target }, key),
  );
}

function encryptOutside(bytes: Uint8Array, { key, hash }: ParsedTarget): Uint8Array {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, padding, oaepHash: hashes[hash].openSslName }, bytes);
}
