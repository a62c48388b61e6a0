// SPDX-License-Identifier: Apache-2.0
/** What a token computes rightly, by names of our own: found out by trying when it is opened. */

import { StrongroomError } from "@strongroom/core";
import type {
  AesCipherAlgorithm,
  AesWrapAlgorithm,
  aesCiphers,
  aesWraps,
  HashName,
  SignatureAlgorithm,
} from "../keys/algorithms.ts";
import { isTokenError, isTokenLost } from "./token-errors.ts";

type CipherMode = (typeof aesCiphers)[AesCipherAlgorithm]["mode"];
type WrapMode = (typeof aesWraps)[AesWrapAlgorithm]["mode"];

/** Something that a token may or may not compute. */
export type Computable =
  | SignatureAlgorithm
  /** HMAC with a key of so many bytes: some tokens take no key that is shorter than the hash. */
  | `${SignatureAlgorithm}/${number}`
  | `OAEP-${"decrypt" | "unwrap" | "wrap"}/${HashName}`
  | "RSA-raw"
  | "ECDH"
  | `AES-${CipherMode | WrapMode}`
  /** RFC 5649 of keys that are no whole number of 8-byte blocks. */
  | "AES-kwp-any"
  | "AES-ecb";

/** Names of what a token computes. */
export type ComputableSet = ReadonlySet<Computable>;

/** A question to a token, and whether its answer was right. */
export type Probe = readonly [name: Computable, works: () => boolean];

/** What is computed as it should be. @throws what the token said if it was lost meanwhile. */
export function tryAll(probes: readonly Probe[]): readonly Computable[] {
  return probes.filter(([, works]) => answersRightly(works)).map(([name]) => name);
}

function answersRightly(works: () => boolean): boolean {
  try {
    return works();
  } catch (error) {
    // What a token refuses it cannot do; what it does wrongly shows as an error of OpenSSL's.
    if (isTokenLost(error)) {
      throw error;
    }
    return !isTokenError(error) && rethrowOurs(error);
  }
}

function rethrowOurs(error: unknown): false {
  if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_")) {
    return false;
  }
  throw error;
}

/** @throws {StrongroomError} `BadParameter` naming the algorithm, unless the token computes it. */
export function requireComputable(
  token: { readonly computable: ComputableSet },
  what: Computable,
  algorithm: string,
): void {
  if (!token.computable.has(what)) {
    throw new StrongroomError(
      "BadParameter",
      `this token does not compute ${algorithm} with such a key`,
    );
  }
}
