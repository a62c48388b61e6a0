// SPDX-License-Identifier: Apache-2.0
/** RSA-AES key wrap as whoever a key is released to opens it. */

import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from "node:crypto";
import { concatBytes, fromHex } from "@strongroom/core";
import { type ExchangeHash, hashes } from "../keys/algorithms.ts";
import type { KnownKey } from "./known-keys.ts";

/** What was released to `target`. */
export function openRelease(
  target: KnownKey,
  hash: ExchangeHash,
  ciphertext: Uint8Array,
): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(target.material), format: "der", type: "pkcs8" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const oaepHash = hashes[hash].openSslName;
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const carrier = privateDecrypt({ key, padding, oaepHash }, ciphertext.subarray(0, size));
  const cipher = createDecipheriv("id-aes256-wrap-pad", carrier, fromHex("a65959a6"));
  return concatBytes(cipher.update(ciphertext.subarray(size)), cipher.final());
}
