// SPDX-License-Identifier: Apache-2.0
/** Little-endian integers, as x86 structures have them. */

import type { ByteReader } from "./byte-reader.ts";

/** The next two bytes, little-endian. */
export function u16le(reader: ByteReader): number {
  return unsigned(reader.bytes(2));
}

/** The next four bytes, little-endian. */
export function u32le(reader: ByteReader): number {
  return unsigned(reader.bytes(4));
}

/** All of `bytes` as one number; eight of them do not fit into a number of JavaScript. */
export function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function unsigned(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}
