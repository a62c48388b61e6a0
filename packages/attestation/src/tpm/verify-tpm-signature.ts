// SPDX-License-Identifier: Apache-2.0
/** Verifies a TPM's signature with the key's own scheme. TPM 2.0 Part 1, annexes B.6, B.7, C.4. */

import { constants, type KeyObject, verify } from "node:crypto";
import { concatBytes } from "@strongroom/core";
import { leftPad } from "./parse-tpm-public.ts";
import type { TpmSignature } from "./parse-tpm-signature.ts";
import { tpmPublicKey } from "./tpm-key.ts";
import type { TpmPublic } from "./tpm-public.ts";

/**
 * Whether `signature` over `message` was made by `key` with the scheme that the key is fixed to.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if the key is none or an ECDSA component is longer than the field.
 */
export function hasTpmSignature(
  key: TpmPublic,
  signature: TpmSignature,
  message: Uint8Array,
): boolean {
  // A second scheme or hash for one key would let a weaker one stand in for the one that was enrolled.
  return (
    signature.algorithm === key.scheme?.algorithm &&
    signature.hash === key.scheme.hash &&
    hasSignatureOf(tpmPublicKey(key), signature, message)
  );
}

/** The same for a key of which only the numbers are known: with whatever scheme the signature says. */
export function hasSignatureOf(
  key: KeyObject,
  signature: TpmSignature,
  message: Uint8Array,
): boolean {
  return signature.algorithm === "ecdsa"
    ? hasEcdsa(key, signature, message)
    : hasRsa(key, signature, message);
}

type Ecdsa = Extract<TpmSignature, { readonly algorithm: "ecdsa" }>;
type Rsa = Exclude<TpmSignature, Ecdsa>;

/** Bytes of a coordinate, by the names that Node gives to curves. */
const coordinateBytes: Readonly<Record<string, number>> = {
  ...{ prime256v1: 32, secp384r1: 48, secp521r1: 66 },
};

function hasEcdsa(key: KeyObject, signature: Ecdsa, message: Uint8Array): boolean {
  const bytes = coordinateBytes[key.asymmetricKeyDetails?.namedCurve ?? ""];
  // r = s = 0 satisfies the equation of careless implementations (CVE-2022-21449); OpenSSL refuses it too.
  if (bytes === undefined || isZero(signature.r) || isZero(signature.s)) {
    return false;
  }
  const value = concatBytes(leftPad(signature.r, bytes), leftPad(signature.s, bytes));
  return verify(signature.hash, message, { key, dsaEncoding: "ieee-p1363" }, value);
}

function hasRsa(key: KeyObject, signature: Rsa, message: Uint8Array): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== "rsa" || signature.value.length * 8 !== bits) {
    return false;
  }
  const padding =
    signature.algorithm === "rsapss"
      ? // A TPM uses the longest salt that fits, or in FIPS mode the digest's length.
        {
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_AUTO,
        }
      : { padding: constants.RSA_PKCS1_PADDING };
  return verify(signature.hash, message, { key, ...padding }, signature.value);
}

function isZero(number: Uint8Array): boolean {
  return number.every((byte) => byte === 0);
}
