// SPDX-License-Identifier: Apache-2.0
/** To whom a key leaves the token. */

import type { ExchangeHash } from "./algorithms.ts";

/** An RSA key outside, and OAEP's hash function. */
export interface ReleaseTarget {
  /** SubjectPublicKeyInfo of an RSA key of 2048 to 8192 bits, DER. */
  readonly publicKey: Uint8Array;
  readonly hash: ExchangeHash;
}
