// SPDX-License-Identifier: Apache-2.0
/** Algorithms by the names that Key Vault gives them, and what each takes. JSON Web Algorithms, RFC 7518, for most. */

import type { EcKeyType } from "./key-types.ts";

/** A hash function: bytes of its digest, and node:crypto's name. */
export const hashes = {
  "SHA-1": { bytes: 20, openSslName: "sha1" },
  "SHA-256": { bytes: 32, openSslName: "sha256" },
  "SHA-384": { bytes: 48, openSslName: "sha384" },
  "SHA-512": { bytes: 64, openSslName: "sha512" },
} as const;

/** Name of a hash function. */
export type HashName = keyof typeof hashes;

type HashOfSignature = Exclude<HashName, "SHA-1">;

type SignatureKind =
  | { readonly kind: "ecdsa"; readonly type: EcKeyType; readonly hash: HashOfSignature }
  | { readonly kind: "pkcs1" | "pss" | "hmac"; readonly hash: HashOfSignature }
  | { readonly kind: "pkcs1-raw" };

/**
 * Signatures. All take a digest but HS (the message itself) and RSNULL, which puts what it is given into PKCS #1 padding
 * as it is: an opt-in of the vault's.
 */
export const signatures = {
  ES256: { kind: "ecdsa", type: "ec-p256", hash: "SHA-256" },
  ES256K: { kind: "ecdsa", type: "ec-p256k", hash: "SHA-256" },
  ES384: { kind: "ecdsa", type: "ec-p384", hash: "SHA-384" },
  ES512: { kind: "ecdsa", type: "ec-p521", hash: "SHA-512" },
  PS256: { kind: "pss", hash: "SHA-256" },
  PS384: { kind: "pss", hash: "SHA-384" },
  PS512: { kind: "pss", hash: "SHA-512" },
  RS256: { kind: "pkcs1", hash: "SHA-256" },
  RS384: { kind: "pkcs1", hash: "SHA-384" },
  RS512: { kind: "pkcs1", hash: "SHA-512" },
  RSNULL: { kind: "pkcs1-raw" },
  HS256: { kind: "hmac", hash: "SHA-256" },
  HS384: { kind: "hmac", hash: "SHA-384" },
  HS512: { kind: "hmac", hash: "SHA-512" },
} as const satisfies Record<string, SignatureKind>;

/** The signature algorithm of each curve. */
export const ecAlgorithms = {
  "ec-p256": "ES256",
  "ec-p384": "ES384",
  "ec-p521": "ES512",
  "ec-p256k": "ES256K",
} as const satisfies Record<EcKeyType, string>;

/** Name of a signature algorithm. */
export type SignatureAlgorithm = keyof typeof signatures;

/** Name of a signature algorithm of symmetric keys. */
export type MacAlgorithm = "HS256" | "HS384" | "HS512";

/** RSA decryption, and OAEP's hash function, which is that of MGF1 as well. RFC 7518 sections 4.2 and 4.3. */
export const rsaDecryptions = {
  "RSA-OAEP": { hash: "SHA-1" },
  "RSA-OAEP-256": { hash: "SHA-256" },
  RSA1_5: { hash: undefined },
} as const satisfies Record<string, { readonly hash: HashName | undefined }>;

/** Name of an algorithm of RSA decryption. */
export type RsaDecryptionAlgorithm = keyof typeof rsaDecryptions;

/** AES over data, and the bytes of its key: GCM, CBC over whole blocks, CBC with PKCS #7 padding. */
export const aesCiphers = {
  A128GCM: { mode: "gcm", keyBytes: 16 },
  A192GCM: { mode: "gcm", keyBytes: 24 },
  A256GCM: { mode: "gcm", keyBytes: 32 },
  A128CBC: { mode: "cbc", keyBytes: 16 },
  A192CBC: { mode: "cbc", keyBytes: 24 },
  A256CBC: { mode: "cbc", keyBytes: 32 },
  A128CBCPAD: { mode: "cbc-pad", keyBytes: 16 },
  A192CBCPAD: { mode: "cbc-pad", keyBytes: 24 },
  A256CBCPAD: { mode: "cbc-pad", keyBytes: 32 },
} as const;

/** Name of an algorithm that encrypts data. */
export type AesCipherAlgorithm = keyof typeof aesCiphers;

/** AES key wrap, and the bytes of its key where the name says them: RFC 3394 (`kw`) and RFC 5649 (`kwp`). */
export const aesWraps = {
  A128KW: { mode: "kw", keyBytes: 16 },
  A192KW: { mode: "kw", keyBytes: 24 },
  A256KW: { mode: "kw", keyBytes: 32 },
  CKM_AES_KEY_WRAP: { mode: "kw", keyBytes: undefined },
  A128KWPAD: { mode: "kwp", keyBytes: 16 },
  A192KWPAD: { mode: "kwp", keyBytes: 24 },
  A256KWPAD: { mode: "kwp", keyBytes: 32 },
  CKM_AES_KEY_WRAP_PAD: { mode: "kwp", keyBytes: undefined },
} as const;

/** Name of an algorithm of AES key wrap. */
export type AesWrapAlgorithm = keyof typeof aesWraps;

/** How keys are wrapped that nobody outside is to see, and OAEP's hash function where RSA wraps them. */
export const secureWraps = {
  "RSA-OAEP-256": { mode: "oaep", hash: "SHA-256" },
  ...aesWraps,
} as const;

/** Name of such an algorithm. */
export type SecureWrapAlgorithm = keyof typeof secureWraps;

/** An AES key that was wrapped by one of them, here or by whoever has an RSA key's public half. */
export interface WrappedDataKey {
  readonly algorithm: SecureWrapAlgorithm;
  readonly wrapped: Uint8Array;
}

/** Hash functions that RSA-AES key wrap may take for OAEP. */
export const exchangeHashes = ["SHA-1", "SHA-256", "SHA-384"] as const;

/** OAEP's hash function in RSA-AES key wrap: CKM_RSA_AES_KEY_WRAP, RSA_AES_KEY_WRAP_256, RSA_AES_KEY_WRAP_384. */
export type ExchangeHash = (typeof exchangeHashes)[number];
