// SPDX-License-Identifier: Apache-2.0
/** The two encodings that every TPM structure is made of. TPM 2.0 Part 2, section 10.4. */

import { concatBytes } from "@strongroom/core";

/** Two bytes, big-endian. */
export function u16be(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value);
  return bytes;
}

/** A byte string with its length in two bytes before it. */
export function tpm2b(content: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u16be(content.length), content);
}
