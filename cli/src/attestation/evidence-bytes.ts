// SPDX-License-Identifier: Apache-2.0
/** Evidence as people keep it: bytes as they are, or as text in hexadecimal. */

import { fromHex } from "@strongroom/core";

/** The bytes that a file holds or spells. */
export function toBinary(file: Uint8Array): Uint8Array {
  // No quote begins with what a text begins with: the first bytes are its version.
  const text = Buffer.from(file).toString("latin1").trim().replace(/^0x/, "");
  const isHex = text.length > 0 && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text);
  return isHex ? fromHex(text) : file;
}
