// SPDX-License-Identifier: Apache-2.0
/** What TPMT_PUBLIC says, and the attributes that decide what a key may do. TPM 2.0 Part 2, sections 8.3, 12.2.4. */

import type { TpmHash } from "./algorithms.ts";

/** Bits of TPMA_OBJECT, table 37. */
export const objectAttribute = {
  fixedTpm: 1 << 1,
  fixedParent: 1 << 4,
  sensitiveDataOrigin: 1 << 5,
  userWithAuth: 1 << 6,
  adminWithPolicy: 1 << 7,
  noDictionaryAttack: 1 << 10,
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;

/** Curves that are accepted, by the names that Node gives them. */
export type TpmCurve = "P-256" | "P-384" | "P-521";

/** The scheme that a key is fixed to; without one the caller chooses at each use. */
export interface TpmScheme {
  readonly algorithm: "rsassa" | "rsapss" | "ecdsa";
  readonly hash: TpmHash;
}

interface TpmPublicCommon {
  /** Hash of the key's name. */
  readonly nameAlgorithm: TpmHash;
  /** TPMA_OBJECT as an unsigned number. */
  readonly attributes: number;
  readonly scheme?: TpmScheme | undefined;
  /** The structure as it was parsed, of which the name is the hash. */
  readonly encoded: Uint8Array;
}

/** Public area of an RSA key; `exponent` is the effective one (a TPM writes 0 for 65537). */
export interface TpmRsaPublic extends TpmPublicCommon {
  readonly type: "rsa";
  readonly keyBits: number;
  readonly exponent: number;
  readonly modulus: Uint8Array;
}

/** Public area of an elliptic-curve key; coordinates are padded to the field's size. */
export interface TpmEccPublic extends TpmPublicCommon {
  readonly type: "ecc";
  readonly curve: TpmCurve;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

/** Public area of a key in a TPM. */
export type TpmPublic = TpmRsaPublic | TpmEccPublic;
