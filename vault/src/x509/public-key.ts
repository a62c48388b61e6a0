// SPDX-License-Identifier: Apache-2.0
/** Public keys as SubjectPublicKeyInfo, and whether two are one. RFC 5280 section 4.1.2.7. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { equalBytes, isSamePublicKey, StrongroomError } from "@strongroom/core";

/** SubjectPublicKeyInfo of a private or public key, DER. */
export function spkiOf(key: KeyObject): Uint8Array {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
}

/** A public key. @throws {StrongroomError} `BadParameter` if the bytes are none. */
export function parsePublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch (cause) {
    throw new StrongroomError("BadParameter", "a public key cannot be read", { cause });
  }
}

/** Whether two SubjectPublicKeyInfos are one key, however they are spelled. */
export function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b) || isSamePublicKey(parsePublicKey(a), parsePublicKey(b));
}
