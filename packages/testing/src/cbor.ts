// SPDX-License-Identifier: Apache-2.0
/** Writes CBOR, as much of it as test vendors' documents need, faults included. RFC 8949. */

import { Buffer } from "node:buffer";

/** What can be written: a map is a list of pairs, so that a key can be there twice. */
export type CborValue =
  | number
  | string
  | null
  | Uint8Array
  | readonly CborValue[]
  | { readonly pairs: readonly (readonly [CborValue, CborValue])[] };

/** Encodes with lengths in their shortest form. */
export function cbor(value: CborValue): Uint8Array {
  if (value === null) {
    return Uint8Array.of(0xf6);
  }
  if (typeof value === "number") {
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }
  if (typeof value === "string") {
    return join(head(3, Buffer.byteLength(value)), Buffer.from(value));
  }
  if (value instanceof Uint8Array) {
    return join(head(2, value.length), value);
  }
  return "pairs" in value
    ? join(head(5, value.pairs.length), ...value.pairs.flat().map(cbor))
    : join(head(4, value.length), ...value.map(cbor));
}

function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) {
    return Uint8Array.of(type | argument);
  }
  if (argument < 0x100) {
    return Uint8Array.of(type | 24, argument);
  }
  const bytes = new Uint8Array(argument < 0x10000 ? 3 : 9);
  const view = new DataView(bytes.buffer);
  bytes[0] = type | (bytes.length === 3 ? 25 : 27);
  if (bytes.length === 3) {
    view.setUint16(1, argument);
  } else {
    view.setBigUint64(1, BigInt(argument));
  }
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
