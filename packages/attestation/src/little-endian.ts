// SPDX-License-Identifier: Apache-2.0
/** Little-endian integers, as x86 structures have them. */

import type { ByteReader } from "./byte-reader.ts";

/** The next two bytes, little-endian. */
export function u16le(reader: ByteReader): number {
  const value = reader.u16();
  return ((value & 0xff) << 8) | (value >>> 8);
}

/** The next four bytes, little-endian. */
export function u32le(reader: ByteReader): number {
  const low = u16le(reader);
  return u16le(reader) * 0x10000 + low;
}

/** All of `bytes` as one number; eight of them do not fit into a number of JavaScript. */
export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    value = (value << 8n) | BigInt(bytes[at] ?? 0);
  }
  return value;
}
