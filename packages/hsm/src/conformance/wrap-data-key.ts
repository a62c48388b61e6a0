// SPDX-License-Identifier: Apache-2.0
/** Data keys as whoever has the wrapping key wraps them outside: RSA-OAEP-256, and RFC 3394. */

import { constants, createCipheriv, createPublicKey, publicEncrypt } from "node:crypto";
import { concatBytes, fromHex } from "@strongroom/core";
import { isAes } from "../keys/key-types.ts";
import type { KnownKey } from "./known-keys.ts";

/** What whoever has the wrapping key, or its public half, makes of a data key. */
export function wrapDataKey(by: KnownKey, plain: Uint8Array): Uint8Array {
  if (isAes(by.type)) {
    const cipher = createCipheriv(
      `id-aes${by.material.length * 8}-wrap`,
      by.material,
      fromHex("a6".repeat(8)),
    );
    return concatBytes(cipher.update(plain), cipher.final());
  }
  const key = createPublicKey({ key: Buffer.from(by.publicKey), format: "der", type: "spki" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return new Uint8Array(publicEncrypt({ key, padding, oaepHash: "sha256" }, plain));
}
