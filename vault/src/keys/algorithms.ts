// SPDX-License-Identifier: Apache-2.0
/** Algorithms of the keys' operations by Key Vault's names: which keys they take, and their hashes and sizes. */

import { secureWrapAlgorithmSchema } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { type CurveName, type KeyType, keyShapes, type MlDsaName } from "./key-type.ts";

/** Hashes by node:crypto's names. */
export type HashName = "sha1" | "sha256" | "sha384" | "sha512";

/** Bytes of a digest. */
export const hashBytes: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** A signature algorithm. Of all but HMAC, ML-DSA and RSNULL, the value to sign is a digest. */
export type SignatureAlgorithm =
  | { readonly family: "ec"; readonly curve: CurveName; readonly hash: HashName }
  | { readonly family: "rsa"; readonly padding: "pkcs1" | "pss"; readonly hash: HashName }
  | { readonly family: "rsa"; readonly padding: "none" }
  | { readonly family: "aes"; readonly hash: HashName }
  | { readonly family: "akp"; readonly parameters: MlDsaName };

/** Signature algorithms. RSNULL signs any bytes with PKCS #1 padding and no DigestInfo. */
export const signatureAlgorithms = {
  ES256: { family: "ec", curve: "P-256", hash: "sha256" },
  ES384: { family: "ec", curve: "P-384", hash: "sha384" },
  ES512: { family: "ec", curve: "P-521", hash: "sha512" },
  ES256K: { family: "ec", curve: "P-256K", hash: "sha256" },
  PS256: { family: "rsa", padding: "pss", hash: "sha256" },
  PS384: { family: "rsa", padding: "pss", hash: "sha384" },
  PS512: { family: "rsa", padding: "pss", hash: "sha512" },
  RS256: { family: "rsa", padding: "pkcs1", hash: "sha256" },
  RS384: { family: "rsa", padding: "pkcs1", hash: "sha384" },
  RS512: { family: "rsa", padding: "pkcs1", hash: "sha512" },
  RSNULL: { family: "rsa", padding: "none" },
  HS256: { family: "aes", hash: "sha256" },
  HS384: { family: "aes", hash: "sha384" },
  HS512: { family: "aes", hash: "sha512" },
  "ML-DSA-44": { family: "akp", parameters: "ML-DSA-44" },
  "ML-DSA-65": { family: "akp", parameters: "ML-DSA-65" },
  "ML-DSA-87": { family: "akp", parameters: "ML-DSA-87" },
} as const satisfies Record<string, SignatureAlgorithm>;

/** Name of a signature algorithm. */
export type SignatureAlgorithmName = keyof typeof signatureAlgorithms;

/** An algorithm that encrypts or wraps. `bits` undefined: any AES key. */
export type EncryptionAlgorithm =
  | { readonly family: "rsa"; readonly padding: "oaep"; readonly hash: HashName }
  | { readonly family: "rsa"; readonly padding: "pkcs1" }
  | { readonly family: "aes"; readonly mode: "gcm" | "cbc" | "cbcpad"; readonly bits: number }
  | { readonly family: "aes"; readonly mode: "kw" | "kwp"; readonly bits: number | undefined };

/** Algorithms of encrypt and decrypt, and, but for GCM and CBC, of wrapKey and unwrapKey. */
export const encryptionAlgorithms = {
  "RSA-OAEP": { family: "rsa", padding: "oaep", hash: "sha1" },
  "RSA-OAEP-256": { family: "rsa", padding: "oaep", hash: "sha256" },
  RSA1_5: { family: "rsa", padding: "pkcs1" },
  A128GCM: { family: "aes", mode: "gcm", bits: 128 },
  A192GCM: { family: "aes", mode: "gcm", bits: 192 },
  A256GCM: { family: "aes", mode: "gcm", bits: 256 },
  A128CBC: { family: "aes", mode: "cbc", bits: 128 },
  A192CBC: { family: "aes", mode: "cbc", bits: 192 },
  A256CBC: { family: "aes", mode: "cbc", bits: 256 },
  A128CBCPAD: { family: "aes", mode: "cbcpad", bits: 128 },
  A192CBCPAD: { family: "aes", mode: "cbcpad", bits: 192 },
  A256CBCPAD: { family: "aes", mode: "cbcpad", bits: 256 },
  A128KW: { family: "aes", mode: "kw", bits: 128 },
  A192KW: { family: "aes", mode: "kw", bits: 192 },
  A256KW: { family: "aes", mode: "kw", bits: 256 },
  A128KWPAD: { family: "aes", mode: "kwp", bits: 128 },
  A192KWPAD: { family: "aes", mode: "kwp", bits: 192 },
  A256KWPAD: { family: "aes", mode: "kwp", bits: 256 },
  CKM_AES_KEY_WRAP: { family: "aes", mode: "kw", bits: undefined },
  CKM_AES_KEY_WRAP_PAD: { family: "aes", mode: "kwp", bits: undefined },
} as const satisfies Record<string, EncryptionAlgorithm>;

/** Name of an algorithm that encrypts or wraps. */
export type EncryptionAlgorithmName = keyof typeof encryptionAlgorithms;

/** Algorithms that a vault has to opt in to: padding without a proof, and signatures over anything. */
export const legacyAlgorithms: ReadonlySet<string> = new Set(["RSA1_5", "RSNULL"]);

/** The signature algorithm of `name` for a key of `type`. @throws {StrongroomError} `BadParameter` unless it has one. */
export function signatureAlgorithmFor(type: KeyType, name: string): SignatureAlgorithm {
  const algorithm = signatureAlgorithms[name as SignatureAlgorithmName] as
    | SignatureAlgorithm
    | undefined;
  if (algorithm === undefined || !signsWith(type, algorithm)) {
    throw new StrongroomError("BadParameter", "the algorithm does not sign with keys of this type");
  }
  return algorithm;
}

/** The encryption algorithm of `name` for a key of `type`. @throws {StrongroomError} `BadParameter` unless it has one. */
export function encryptionAlgorithmFor(type: KeyType, name: string): EncryptionAlgorithm {
  const algorithm = encryptionAlgorithms[name as EncryptionAlgorithmName] as
    | EncryptionAlgorithm
    | undefined;
  if (algorithm === undefined || !encryptsWith(type, algorithm)) {
    throw new StrongroomError(
      "BadParameter",
      "the algorithm does not encrypt or wrap with keys of this type",
    );
  }
  return algorithm;
}

/** The algorithm of `name` that wraps data keys securely with a key of `type`. @throws {StrongroomError} `BadParameter` unless it has one. */
export function secureWrapFor(type: KeyType, name: string): EncryptionAlgorithm {
  if (!secureWrapAlgorithmSchema.safeParse(name).success) {
    throw new StrongroomError("BadParameter", "the algorithm does not wrap keys securely");
  }
  return encryptionAlgorithmFor(type, name);
}

function signsWith(type: KeyType, algorithm: SignatureAlgorithm): boolean {
  const shape = keyShapes[type];
  if (shape.family === "ec" && algorithm.family === "ec") {
    return shape.curve === algorithm.curve;
  }
  if (shape.family === "akp" && algorithm.family === "akp") {
    return shape.parameters === algorithm.parameters;
  }
  return shape.family === algorithm.family;
}

function encryptsWith(type: KeyType, algorithm: EncryptionAlgorithm): boolean {
  const shape = keyShapes[type];
  if (shape.family === "aes" && algorithm.family === "aes") {
    return algorithm.bits === undefined || algorithm.bits === shape.bits;
  }
  return shape.family === algorithm.family;
}
