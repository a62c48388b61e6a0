// SPDX-License-Identifier: Apache-2.0
/** RSA signatures over a digest: RS, PS and RSNULL. The padding is ours, the private operation OpenSSL's, with blinding. */

import { constants, type KeyObject, privateEncrypt, publicDecrypt } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import type { SignatureAlgorithm } from "../algorithms.ts";
import { digestInfo, encodePkcs1 } from "./emsa-pkcs1.ts";
import { encodePss, isPssOf } from "./emsa-pss.ts";

/** An RSA signature algorithm. */
export type RsaSignature = Extract<SignatureAlgorithm, { readonly family: "rsa" }>;

const padding = constants.RSA_NO_PADDING;

/** Signs; the result is as long as the modulus. @throws {StrongroomError} `BadParameter` if RSNULL's value does not fit. */
export function signRsa(algorithm: RsaSignature, key: KeyObject, value: Uint8Array): Uint8Array {
  const block = encode(algorithm, value, modulusBytes(key));
  return new Uint8Array(privateEncrypt({ key, padding }, block));
}

/** Whether `signature` is one of `value`. */
export function verifyRsa(
  algorithm: RsaSignature,
  key: KeyObject,
  value: Uint8Array,
  signature: Uint8Array,
): boolean {
  const block = recover(key, signature);
  if (block === undefined) {
    return false;
  }
  return algorithm.padding === "pss"
    ? isPssOf(algorithm.hash, value, block)
    : equalBytes(encode(algorithm, value, block.length), block);
}

function encode(algorithm: RsaSignature, value: Uint8Array, length: number): Uint8Array {
  switch (algorithm.padding) {
    case "pss":
      return encodePss(algorithm.hash, value, length);
    case "pkcs1":
      return encodePkcs1(digestInfo(algorithm.hash, value), length);
    case "none":
      return encodePkcs1(value, length);
  }
}

/** The block that a signature holds, or nothing where it is not below the modulus. */
function recover(key: KeyObject, signature: Uint8Array): Uint8Array | undefined {
  const length = modulusBytes(key);
  if (signature.length !== length) {
    return undefined;
  }
  try {
    return publicDecrypt({ key, padding }, signature);
  } catch {
    // The only reason left: the signature, as an integer, is not below the modulus.
    return undefined;
  }
}

function modulusBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}
