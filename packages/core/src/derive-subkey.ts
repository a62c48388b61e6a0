// SPDX-License-Identifier: Apache-2.0
/** Key derivation. NIST SP 800-108r1 section 4.1 (counter mode) with HMAC-SHA-256, one block. */

import { createHmac } from "node:crypto";

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
  const digest = mac.digest();
  const subkey = new Uint8Array(digest);
  digest.fill(0);
  return subkey;
}

/** The HMAC input of the one block: counter, label, zero byte, context, length; a token computes the same. */
export function subkeyInput(label: string, context: Uint8Array): Uint8Array<ArrayBuffer> {
  // In one array, for this is computed for every value that is read.
  const input = Buffer.allocUnsafeSlow(4 + Buffer.byteLength(label) + 1 + context.length + 4);
  let end = input.writeUInt32BE(1);
  end += input.write(label, end);
  end = input.writeUInt8(0, end);
  input.set(context, end);
  input.writeUInt32BE(subkeyBits, end + context.length);
  return input;
}
