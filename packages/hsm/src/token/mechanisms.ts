// SPDX-License-Identifier: Apache-2.0
/**
 * Which mechanisms the token has, and proof that they compute what their names say.
 *
 * Key wrap with padding is 0x210B in PKCS#11 3.0; in 2.40 it was 0x210A, which some tokens use for PKCS #7 padding
 * instead. A token is believed only once it has opened RFC 5649's test vectors.
 */

import { createCipheriv, createHmac } from "node:crypto";
import { concatBytes, equalBytes, fromHex, StrongroomError, utf8 } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { readAttribute } from "./attributes.ts";
import type { Handle, Pkcs11 } from "./pkcs11.ts";
import {
  gcmDecrypt,
  gcmEncrypt,
  hmacSha256,
  importSecret,
  type Session,
  unwrapKey,
  withObject,
  wrapKey,
} from "./primitives.ts";
import { isTokenError, isTokenLost } from "./token-errors.ts";

/** CKM_AES_KEY_WRAP_KWP of PKCS#11 3.0, and CKM_AES_KEY_WRAP_PAD of 2.40. */
const keyWrapCandidates = [0x210b, 0x210a] as const;

const required = [
  ["AES-GCM (CKM_AES_GCM)", pkcs11js.CKM_AES_GCM, pkcs11js.CKF_ENCRYPT | pkcs11js.CKF_DECRYPT],
  ["HMAC-SHA-256 (CKM_SHA256_HMAC)", pkcs11js.CKM_SHA256_HMAC, pkcs11js.CKF_SIGN],
  ["ECDSA (CKM_ECDSA)", pkcs11js.CKM_ECDSA, pkcs11js.CKF_SIGN],
  [
    "EC key generation (CKM_EC_KEY_PAIR_GEN)",
    pkcs11js.CKM_EC_KEY_PAIR_GEN,
    pkcs11js.CKF_GENERATE_KEY_PAIR,
  ],
] as const;

/** RFC 5649 section 6: 192-bit key, 20 and 7 bytes of key data. */
const rfc5649 = {
  key: fromHex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"),
  cases: [
    [
      fromHex("c37b7e6492584340bed12207808941155068f738"),
      fromHex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"),
    ],
    [fromHex("466f7250617369"), fromHex("afbeb0f07dfbf5419200f2ccb50bb24f")],
  ],
} as const;

const known = { key: new Uint8Array(32).fill(0x5a), iv: new Uint8Array(12).fill(0xa5) } as const;
const knownText = utf8("strongroom/self-test/v1         ");

/**
 * Finds the token's RFC 5649 mechanism and tests the others against OpenSSL.
 *
 * @throws {StrongroomError} `HsmRefused` naming the first mechanism that is missing or wrong.
 */
export function probeMechanisms(session: Session, slot: Handle): { readonly keyWrap: number } {
  for (const [name, mechanism, flags] of required) {
    if (!offers(session.module, slot, mechanism, flags)) {
      throw new StrongroomError("HsmRefused", `the token has no ${name}`);
    }
  }
  requireAnswer("AES-GCM", gcmWorks(session));
  requireAnswer("HMAC-SHA-256", hmacWorks(session));
  const flags = pkcs11js.CKF_WRAP | pkcs11js.CKF_UNWRAP;
  const keyWrap = keyWrapCandidates.find(
    (mechanism) =>
      offers(session.module, slot, mechanism, flags) && keyWrapWorks(session, mechanism),
  );
  if (keyWrap === undefined) {
    const message =
      "the token has no AES key wrap with padding as RFC 5649 has it (CKM_AES_KEY_WRAP_KWP)";
    throw new StrongroomError("HsmRefused", message);
  }
  return { keyWrap };
}

function offers(module: Pkcs11, slot: Handle, mechanism: number, flags: number): boolean {
  return (
    module.C_GetMechanismList(slot).includes(mechanism) &&
    (module.C_GetMechanismInfo(slot, mechanism).flags & flags) === flags
  );
}

function requireAnswer(name: string, right: boolean): void {
  if (!right) {
    throw new StrongroomError("HsmRefused", `the token computes ${name} wrongly`);
  }
}

function gcmWorks(session: Session): boolean {
  const input = { iv: known.iv, aad: utf8("header") };
  const cipher = createCipheriv("aes-256-gcm", known.key, known.iv).setAAD(input.aad);
  const expected = concatBytes(cipher.update(knownText), cipher.final(), cipher.getAuthTag());
  const key = importSecret(session, known.key, {
    type: "CKK_AES",
    uses: ["CKA_ENCRYPT", "CKA_DECRYPT"],
    extractable: true,
  });
  return withObject(
    session,
    key,
    () =>
      equalBytes(gcmEncrypt(session, key, input, knownText), expected) &&
      equalBytes(gcmDecrypt(session, key, input, expected), knownText),
  );
}

function hmacWorks(session: Session): boolean {
  const expected = createHmac("sha256", known.key).update(knownText).digest();
  const key = importSecret(session, known.key, {
    type: "CKK_GENERIC_SECRET",
    uses: ["CKA_SIGN"],
    extractable: true,
  });
  return withObject(session, key, () => equalBytes(hmacSha256(session, key, knownText), expected));
}

// Opening is tested by RFC 5649's vectors. Wrapping is compared for a whole number of blocks only: SoftHSM 2.6 pads
// key data to 8 bytes before it wraps, which is harmless for PKCS #8 (DER says its own length) and AES keys.
function keyWrapWorks(session: Session, mechanism: number): boolean {
  const rfcKey = importSecret(session, rfc5649.key, {
    type: "CKK_AES",
    uses: ["CKA_WRAP", "CKA_UNWRAP"],
    extractable: true,
  });
  return withObject(
    session,
    rfcKey,
    () =>
      rfc5649.cases.every(([plain, wrapped]) =>
        opensTo(session, { mechanism, key: rfcKey }, wrapped, plain),
      ) && wrapsAsOpenSsl(session, { mechanism, key: rfcKey }),
  );
}

function opensTo(
  session: Session,
  by: { readonly mechanism: number; readonly key: Handle },
  wrapped: Uint8Array,
  plain: Uint8Array,
): boolean {
  try {
    const opened = unwrapKey(session, by, wrapped, {
      CKA_CLASS: "CKO_SECRET_KEY",
      CKA_KEY_TYPE: "CKK_GENERIC_SECRET",
      CKA_TOKEN: false,
      CKA_SENSITIVE: false,
      CKA_EXTRACTABLE: true,
    });
    return withObject(session, opened, () =>
      equalBytes(readAttribute(session.module, session.handle, opened, "CKA_VALUE"), plain),
    );
  } catch (error) {
    // Another padding does not open the vector: this candidate is not the mechanism, and the next may be.
    if (isTokenError(error) && !isTokenLost(error)) {
      return false;
    }
    throw error;
  }
}

function wrapsAsOpenSsl(
  session: Session,
  by: { readonly mechanism: number; readonly key: Handle },
): boolean {
  const cipher = createCipheriv("id-aes192-wrap-pad", rfc5649.key, fromHex("a65959a6"));
  const expected = concatBytes(cipher.update(known.key), cipher.final());
  const key = importSecret(session, known.key, {
    type: "CKK_GENERIC_SECRET",
    uses: [],
    extractable: true,
  });
  return withObject(session, key, () => equalBytes(wrapKey(session, by, key), expected));
}
