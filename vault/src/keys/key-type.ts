// SPDX-License-Identifier: Apache-2.0
/** The types of keys, as one word each, and what Key Vault's `kty`, `crv`, `key_size` and `alg` say about them. */

import { StrongroomError } from "@strongroom/core";

/** Curves by Key Vault's names. `P-256K` is secp256k1 (SEC 2). */
export type CurveName = "P-256" | "P-384" | "P-521" | "P-256K";

/** Parameter sets of ML-DSA, FIPS 204. */
export type MlDsaName = "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";

/** What a key is, without where it lives. */
export type KeyShape =
  | { readonly family: "ec"; readonly curve: CurveName }
  | { readonly family: "rsa"; readonly bits: 2048 | 3072 | 4096 }
  | { readonly family: "aes"; readonly bits: 128 | 192 | 256 }
  | { readonly family: "akp"; readonly parameters: MlDsaName };

/** Every type of key. The HSM's messages use the same words, but for ML-DSA, which it does not have. */
export const keyShapes = {
  "ec-p256": { family: "ec", curve: "P-256" },
  "ec-p384": { family: "ec", curve: "P-384" },
  "ec-p521": { family: "ec", curve: "P-521" },
  "ec-p256k": { family: "ec", curve: "P-256K" },
  "rsa-2048": { family: "rsa", bits: 2048 },
  "rsa-3072": { family: "rsa", bits: 3072 },
  "rsa-4096": { family: "rsa", bits: 4096 },
  "aes-128": { family: "aes", bits: 128 },
  "aes-192": { family: "aes", bits: 192 },
  "aes-256": { family: "aes", bits: 256 },
  "ml-dsa-44": { family: "akp", parameters: "ML-DSA-44" },
  "ml-dsa-65": { family: "akp", parameters: "ML-DSA-65" },
  "ml-dsa-87": { family: "akp", parameters: "ML-DSA-87" },
} as const satisfies Record<string, KeyShape>;

/** A type of key. */
export type KeyType = keyof typeof keyShapes;

/** Type of a key on `curve`. @throws {StrongroomError} `BadParameter` for any other name. */
export function ecType(curve: string): KeyType {
  return find(({ shape }) => shape.family === "ec" && shape.curve === curve, "crv");
}

/** Type of an RSA key of `bits`. @throws {StrongroomError} `BadParameter` for any other length. */
export function rsaType(bits: number): KeyType {
  return find(({ shape }) => shape.family === "rsa" && shape.bits === bits, "size of the RSA key");
}

/** Type of an AES key of `bits`. @throws {StrongroomError} `BadParameter` for any other length. */
export function aesType(bits: number): KeyType {
  return find(({ shape }) => shape.family === "aes" && shape.bits === bits, "size of the key");
}

/** Type of an ML-DSA key. @throws {StrongroomError} `BadParameter` for any other name. */
export function akpType(parameters: string): KeyType {
  return find(({ shape }) => shape.family === "akp" && shape.parameters === parameters, "alg");
}

function find(fits: (entry: { readonly shape: KeyShape }) => boolean, what: string): KeyType {
  const entry = (Object.entries(keyShapes) as [KeyType, KeyShape][]).find(([, shape]) =>
    fits({ shape }),
  );
  if (entry === undefined) {
    throw new StrongroomError("BadParameter", `the ${what} is not supported`);
  }
  return entry[0];
}
