// SPDX-License-Identifier: Apache-2.0
/** Key derivation. NIST SP 800-108r1 section 4.1 (counter mode) with HMAC-SHA-256, one block. */

import { createHmac } from "node:crypto";
import { concatBytes, u32be, utf8 } from "./bytes.ts";

/** Length of derived keys in bits, the `L` of SP 800-108. */
const subkeyBits = 256;

/** Derives the 32-byte subkey of `key` for one purpose (`label`) and one subject (`context`). */
export function deriveSubkey(
  key: Uint8Array,
  label: string,
  context: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const mac = createHmac("sha256", key);
  mac.update(subkeyInput(label, context));
  return new Uint8Array(mac.digest());
}

/** The HMAC input of the one block: counter, label, zero byte, context, length; a token computes the same. */
export function subkeyInput(label: string, context: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u32be(1), utf8(label), new Uint8Array(1), context, u32be(subkeyBits));
}
