// SPDX-License-Identifier: Apache-2.0
/** Operations with a key's secret part, in software. */

import type { KeyObject } from "node:crypto";
import { StrongroomError } from "@strongroom/core";
import type { EncryptionAlgorithm, SignatureAlgorithm } from "../algorithms.ts";
import type { Encrypted } from "../cipher-parameters.ts";
import { requireSignable } from "../signature-value.ts";
import { decryptAes, encryptAes } from "./aes.ts";
import { curves } from "./curves.ts";
import { signEcdsa, verifyEcdsa } from "./ecdsa.ts";
import { signHmac, verifyHmac } from "./hmac.ts";
import { type SignatureParameters, signMlDsa, verifyMlDsa } from "./ml-dsa.ts";
import { decryptRsa, encryptRsa } from "./rsa-encryption.ts";
import { signRsa, verifyRsa } from "./rsa-signature.ts";

/** What is to be signed, or was. */
export interface SignatureRequest extends SignatureParameters {
  readonly algorithm: SignatureAlgorithm;
  readonly value: Uint8Array;
}

/** Signs with a private or secret key. @throws {StrongroomError} `BadParameter` for a value that the algorithm does not sign. */
export function signInSoftware(key: KeyObject, request: SignatureRequest): Uint8Array {
  const { algorithm, value } = request;
  requireSignable(algorithm, value);
  switch (algorithm.family) {
    case "ec":
      return signEcdsa(curves[algorithm.curve], key, value);
    case "rsa":
      return signRsa(algorithm, key, value);
    case "aes":
      return signHmac(algorithm.hash, key, value);
    case "akp":
      return signMlDsa(key, value, request);
  }
}

/** Verifies with a public key, or with the secret one for HMAC. @throws {StrongroomError} `BadParameter` as signing does. */
export function verifyInSoftware(
  key: KeyObject,
  request: SignatureRequest,
  signature: Uint8Array,
): boolean {
  const { algorithm, value } = request;
  requireSignable(algorithm, value);
  switch (algorithm.family) {
    case "ec":
      return verifyEcdsa(curves[algorithm.curve], key, value, signature);
    case "rsa":
      return verifyRsa(algorithm, key, value, signature);
    case "aes":
      return verifyHmac(algorithm.hash, key, value, signature);
    case "akp":
      return verifyMlDsa(key, value, request, signature);
  }
}

/** Encrypts or wraps, with a public RSA key or a secret one. @throws {StrongroomError} `BadParameter` */
export function encryptInSoftware(
  algorithm: EncryptionAlgorithm,
  key: KeyObject,
  { bytes, ...parameters }: Encrypted,
): Encrypted {
  if (algorithm.family === "aes") {
    return encryptAes(algorithm, key, bytes, parameters);
  }
  requireNoParameters(parameters);
  return { bytes: encryptRsa(algorithm, key, bytes) };
}

/** Decrypts or unwraps; the caller wipes the result. @throws {StrongroomError} `BadParameter` */
export function decryptInSoftware(
  algorithm: EncryptionAlgorithm,
  key: KeyObject,
  encrypted: Encrypted,
): Uint8Array {
  if (algorithm.family === "aes") {
    return decryptAes(algorithm, key, encrypted);
  }
  requireNoParameters(encrypted);
  return decryptRsa(algorithm, key, encrypted.bytes);
}

function requireNoParameters({ iv, aad, tag }: Omit<Encrypted, "bytes">): void {
  if (iv !== undefined || aad !== undefined || tag !== undefined) {
    throw new StrongroomError("BadParameter", "the algorithm takes no iv, aad or tag");
  }
}
