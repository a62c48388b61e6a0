// SPDX-License-Identifier: Apache-2.0
/** What may be signed with which algorithm: a digest of the right length, or, where the algorithm hashes, a message. */

import { StrongroomError } from "@strongroom/core";
import { hashBytes, type SignatureAlgorithm } from "./algorithms.ts";

/** Bytes of a message that HMAC, ML-DSA or RSNULL take, at most: it comes in one JSON body. */
export const maxMessageBytes = 65_536;

/** @throws {StrongroomError} `BadParameter` unless `value` is what the algorithm signs. */
export function requireSignable(algorithm: SignatureAlgorithm, value: Uint8Array): void {
  const expected = digestBytes(algorithm);
  if (expected !== undefined && value.length !== expected) {
    throw new StrongroomError("BadParameter", `the algorithm signs digests of ${expected} bytes`);
  }
  if (value.length > maxMessageBytes) {
    throw new StrongroomError(
      "BadParameter",
      `the algorithm signs at most ${maxMessageBytes} bytes`,
    );
  }
}

function digestBytes(algorithm: SignatureAlgorithm): number | undefined {
  switch (algorithm.family) {
    case "ec":
      return hashBytes[algorithm.hash];
    case "rsa":
      return algorithm.padding === "none" ? undefined : hashBytes[algorithm.hash];
    case "aes":
    case "akp":
      return undefined;
  }
}
