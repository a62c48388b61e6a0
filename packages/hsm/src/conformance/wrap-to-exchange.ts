// SPDX-License-Identifier: Apache-2.0
/** RSA-AES key wrap as whoever brings a key computes it. */

import { constants, createCipheriv, createPublicKey, publicEncrypt } from "node:crypto";
import { concatBytes, fromHex } from "@strongroom/core";
import { type ExchangeHash, hashes } from "../keys/algorithms.ts";

/** RSA-AES key wrap as a client outside computes it. */
export function wrapToExchange(
  exchange: Uint8Array,
  hashName: ExchangeHash,
  material: Uint8Array,
  carrier = new Uint8Array(32).fill(0xc1),
): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(exchange), format: "der", type: "spki" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const head = publicEncrypt({ key, padding, oaepHash: hashes[hashName].openSslName }, carrier);
  const cipher = createCipheriv(
    `id-aes${carrier.length * 8}-wrap-pad`,
    carrier,
    fromHex("a65959a6"),
  );
  return concatBytes(head, cipher.update(material), cipher.final());
}
