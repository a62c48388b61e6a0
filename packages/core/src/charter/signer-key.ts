// SPDX-License-Identifier: Apache-2.0
/** Public keys of a charter's signers: JWK (RFC 7517), named by their thumbprint (RFC 7638). */

import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { sha256, toBase64url } from "../bytes.ts";
import { canonicalJson } from "../json/canonical-json.ts";

/** A public key: no member but those that make it. */
export type SignerKey =
  | {
      readonly kty: "EC";
      readonly crv: "P-256" | "P-384";
      readonly x: string;
      readonly y: string;
    }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

/** How each curve signs: RFC 7518 section 3.4, RFC 8037 section 3.1. One algorithm a key, so that no header chooses. */
export const signerAlgorithms = {
  "P-256": { alg: "ES256", hash: "sha256" },
  "P-384": { alg: "ES384", hash: "sha384" },
  Ed25519: { alg: "EdDSA", hash: null },
} as const satisfies Record<SignerKey["crv"], { alg: string; hash: string | null }>;

/** Thumbprint of a key, base64url of 32 bytes: its `kid`. */
export function signerId(key: SignerKey): string {
  const { kty, crv, x } = key;
  const members = key.kty === "EC" ? { crv, kty, x, y: key.y } : { crv, kty, x };
  return toBase64url(sha256(canonicalJson(members)));
}

/** Whether it is a point of its curve at all. */
export function isSignerKey(key: SignerKey): boolean {
  return toKeyObject(key) !== undefined;
}

/** Whether `signature` (`r||s`, or Ed25519's 64 bytes) is of this key over `message`. */
export function isSignedBy(key: SignerKey, message: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = toKeyObject(key);
  return (
    publicKey !== undefined &&
    verify(
      signerAlgorithms[key.crv].hash,
      message,
      { key: publicKey, dsaEncoding: "ieee-p1363" },
      signature,
    )
  );
}

function toKeyObject(key: SignerKey): KeyObject | undefined {
  try {
    return createPublicKey({ format: "jwk", key: { ...key } });
  } catch {
    return undefined;
  }
}
