// SPDX-License-Identifier: Apache-2.0
/** Whether a token computes AES over data, and AES key wrap. */

import { createCipheriv } from "node:crypto";
import { concatBytes, equalBytes, fromHex, utf8 } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import type { AesCipherAlgorithm } from "../keys/algorithms.ts";
import { decryptWith, encryptWith, toMechanism } from "./aes-ciphers.ts";
import type { KeyUse } from "./attributes.ts";
import type { Probe } from "./computable.ts";
import { unwrapBytes, wrapBytes } from "./key-wrapping.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, type Session, withObject } from "./primitives.ts";

const key = new Uint8Array(32).fill(0x5a);
const text = utf8("strongroom/probe/v1 in two blocks of 16.".slice(0, 32));
const iv = new Uint8Array(16).fill(0xa5);
const none = new Uint8Array(0);

/** RFC 3394 section 4.6: 256 bits of key data with a 256-bit key. */
const rfc3394 = {
  key: fromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
  plain: fromHex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f"),
  wrapped: fromHex(
    "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
  ),
} as const;

/** Every mode against OpenSSL; key wrap against RFC 3394's vector, and OpenSSL's padding. */
export function aesProbes(session: Session, keyWrap: number): readonly Probe[] {
  return [
    ["AES-gcm", () => gcmWorks(session)],
    ["AES-cbc", () => cbcWorks(session, "A256CBC")],
    ["AES-cbc-pad", () => cbcWorks(session, "A256CBCPAD")],
    ["AES-ecb", () => ecbWorks(session)],
    ["AES-kw", () => keyWrapWorks(session)],
    // Without it the token would not have been opened.
    ["AES-kwp", () => true],
    ["AES-kwp-any", () => padsExactly(session, keyWrap)],
  ];
}

function withKey<T>(
  session: Session,
  value: Uint8Array,
  use: KeyUse,
  work: (object: Handle) => T,
): T {
  const options = { type: "CKK_AES", uses: [use], extractable: true } as const;
  return withObject(session, importSecret(session, value, options), work);
}

function gcmWorks(session: Session): boolean {
  const nonce = iv.subarray(0, 12);
  // Callers may have no associated data.
  return [utf8("aad"), none].every((aad) => {
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
    const expected = concatBytes(cipher.update(text), cipher.final(), cipher.getAuthTag());
    return bothWays(session, toMechanism("A256GCM", nonce, aad), expected);
  });
}

function cbcWorks(session: Session, algorithm: AesCipherAlgorithm): boolean {
  const cipher = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(algorithm === "A256CBCPAD");
  const expected = concatBytes(cipher.update(text), cipher.final());
  return bothWays(session, toMechanism(algorithm, iv, none), expected);
}

function ecbWorks(session: Session): boolean {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return bothWays(session, { mechanism: pkcs11js.CKM_AES_ECB }, cipher.update(text));
}

function bothWays(session: Session, mechanism: pkcs11js.Mechanism, expected: Uint8Array): boolean {
  const encrypted = withKey(session, key, "CKA_ENCRYPT", (object) =>
    encryptWith(session, object, mechanism, text),
  );
  const decrypted = withKey(session, key, "CKA_DECRYPT", (object) =>
    decryptWith(session, object, mechanism, expected),
  );
  return equalBytes(encrypted, expected) && equalBytes(decrypted, text);
}

function keyWrapWorks(session: Session): boolean {
  const mechanism = pkcs11js.CKM_AES_KEY_WRAP;
  const wrapped = withKey(session, rfc3394.key, "CKA_WRAP", (object) =>
    wrapBytes(session, { mechanism, key: object }, rfc3394.plain),
  );
  const opened = withKey(session, rfc3394.key, "CKA_UNWRAP", (object) =>
    unwrapBytes(session, { mechanism, key: object }, rfc3394.wrapped),
  );
  return equalBytes(wrapped, rfc3394.wrapped) && equalBytes(opened, rfc3394.plain);
}

function padsExactly(session: Session, mechanism: number): boolean {
  const plain = text.subarray(0, 21);
  const cipher = createCipheriv("id-aes256-wrap-pad", key, fromHex("a65959a6"));
  const expected = concatBytes(cipher.update(plain), cipher.final());
  return withKey(session, key, "CKA_WRAP", (object) =>
    equalBytes(wrapBytes(session, { mechanism, key: object }, plain), expected),
  );
}
