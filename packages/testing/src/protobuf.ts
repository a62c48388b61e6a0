// SPDX-License-Identifier: Apache-2.0
/** Writes messages of Protocol Buffers out of binary formats whose parts are their fields. */

/** One field of a message. */
export type ProtobufField = readonly [field: number, value: Uint8Array | bigint];

/** A message of Protocol Buffers; it leaves out numbers that are 0. */
export function protobuf(...fields: readonly ProtobufField[]): Uint8Array {
  const encode = ([field, value]: ProtobufField): readonly Uint8Array[] => {
    if (typeof value === "bigint") {
      return value === 0n ? [] : [varint(field * 8), varint(value)];
    }
    return [varint(field * 8 + 2), varint(value.length), value];
  };
  return new Uint8Array(Buffer.concat(fields.flatMap(encode)));
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left >= 0x80n; left >>= 7n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
  return Uint8Array.from([...bytes, Number(left)]);
}

/** Which field the next bytes are: `n` a number, `b` a byte string; 0 for bytes that are in no field. */
export type Layout = readonly (readonly [field: number, length: number, form?: "n"])[];

/** The fields of a layout, and what follows it. */
export function takeFields(bytes: Uint8Array, layout: Layout) {
  let at = 0;
  const fields = layout.map(([field, length, form]): ProtobufField => {
    const part = bytes.slice(at, at + length);
    at += length;
    return [field, form === "n" ? toNumber(part) : part];
  });
  return { fields: fields.filter(([field]) => field !== 0), rest: bytes.slice(at) };
}

/** Least significant byte first. */
export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
