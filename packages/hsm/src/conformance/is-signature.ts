// SPDX-License-Identifier: Apache-2.0
/** Signatures as another implementation sees them: OpenSSL, by node:crypto. */

import { constants, createHmac, createPublicKey, publicDecrypt, verify } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import { hashes, type SignatureAlgorithm, signatures } from "../keys/algorithms.ts";

/** Whether node:crypto takes `signature` over `message` for the key of a SubjectPublicKeyInfo. */
export function isSignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  algorithm: SignatureAlgorithm = "ES256",
): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  const kind = signatures[algorithm];
  if (kind.kind === "pkcs1-raw") {
    return equalBytes(publicDecrypt(key, signature), message);
  }
  const { bytes, openSslName } = hashes[kind.hash];
  const padding =
    kind.kind === "pss" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options =
    kind.kind === "ecdsa"
      ? ({ key, dsaEncoding: "ieee-p1363" } as const)
      : { key, padding, saltLength: bytes };
  return verify(openSslName, message, options, signature);
}

/** The message authentication code as OpenSSL computes it. */
export function macOf(
  algorithm: "HS256" | "HS384" | "HS512",
  key: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  return createHmac(hashes[signatures[algorithm].hash].openSslName, key).update(message).digest();
}
