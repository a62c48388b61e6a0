// SPDX-License-Identifier: Apache-2.0
/** The three keys of one attestation: they live in this process's memory and nowhere else. */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** One key: what the evidence vouches for, and what stays here. */
export interface ReleaseKey {
  readonly kid: string;
  /** Public part with `kid` and one `key_ops`. */
  readonly jwk: JWK;
  /** Not extractable. */
  readonly privateKey: CryptoKey;
}

/** A set that is made anew for every attestation. */
export interface ReleaseKeys {
  /** RSA-2048: Azure's envelope for keys. */
  readonly encrypt: ReleaseKey;
  /** P-256: secrets are encrypted to it. */
  readonly deriveKey: ReleaseKey;
  /** P-256: proves possession of the set. */
  readonly verify: ReleaseKey;
}

/** Generates a set; RSA takes some tens of milliseconds on a thread of its own. */
export async function generateReleaseKeys(): Promise<ReleaseKeys> {
  const [encrypt, deriveKey, verify] = await Promise.all([
    generate("RSA-OAEP-256", "encrypt"),
    generate("ECDH-ES+A256KW", "deriveKey"),
    generate("ES256", "verify"),
  ]);
  return { encrypt, deriveKey, verify };
}

async function generate(algorithm: string, operation: string): Promise<ReleaseKey> {
  const pair = await generateKeyPair(algorithm, { modulusLength: 2048, crv: "P-256" });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, jwk: { ...jwk, kid, key_ops: [operation] }, privateKey: pair.privateKey };
}
