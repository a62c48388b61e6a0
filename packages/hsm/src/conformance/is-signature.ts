// SPDX-License-Identifier: Apache-2.0
/** Signatures as another implementation sees them: OpenSSL, by node:crypto. */

import { createPublicKey, verify } from "node:crypto";

/** Whether node:crypto takes `signature` over `message` for the key of a SubjectPublicKeyInfo. */
export function isSignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}
