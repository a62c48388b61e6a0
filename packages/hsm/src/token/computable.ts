// SPDX-License-Identifier: Apache-2.0
/** What a token computes rightly, by names of our own: found out by trying when it is opened. */

import { StrongroomError } from "@strongroom/core";
import {
  type AesCipherAlgorithm,
  type AesWrapAlgorithm,
  type aesCiphers,
  type aesWraps,
  ecAlgorithms,
  type HashName,
  type SignatureAlgorithm,
} from "../keys/algorithms.ts";
import { isEc, type KeyType } from "../keys/key-types.ts";
import { isTokenError, mayBeInput } from "./token-errors.ts";

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
    if (mayBeInput(error) || isOpenSslError(error)) {
      return false;
    }
    throw error;
  }
}

function isOpenSslError(error: unknown): boolean {
  return !isTokenError(error) && error instanceof Error && "code" in error;
}

/** @throws {StrongroomError} `BadParameter` naming the type, unless the token has such keys. */
export function requireKeyType(token: { readonly computable: ComputableSet }, type: KeyType): void {
  if (isEc(type) && !token.computable.has(ecAlgorithms[type])) {
    throw new StrongroomError("BadParameter", `this token has no keys of type ${type}`);
  }
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
