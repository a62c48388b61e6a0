// SPDX-License-Identifier: Apache-2.0
/** The wire format of Protocol Buffers, no schema: fields by number, each value a number or bytes. */

import { ByteReader, malformed } from "./byte-reader.ts";

/** Values of each field in their order. */
export type ProtobufFields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/** Fields of one message, repeated ones counted each time. */
const most = 4096;

/** Wire types; groups are obsolete and in no message that is read here. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads one message. @throws {StrongroomError} `EvidenceMalformed` if the bytes are none. */
export function readProtobuf(bytes: Uint8Array): ProtobufFields {
  const reader = new ByteReader(bytes);
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  for (let count = 0; reader.remaining > 0; count += 1) {
    const key = Number(readVarint(reader));
    const field = Math.floor(key / 8);
    if (field === 0 || count === most) {
      throw malformed("not a message of fields, or of too many");
    }
    const values = fields.get(field) ?? [];
    values.push(readValue(reader, key % 8));
    fields.set(field, values);
  }
  return fields;
}

/** The byte strings of a field. */
export function bytesOf(fields: ProtobufFields, field: number): readonly Uint8Array[] {
  return (fields.get(field) ?? []).filter((value) => value instanceof Uint8Array);
}

function readValue(reader: ByteReader, type: number): bigint | Uint8Array {
  switch (type) {
    case wire.varint:
      return readVarint(reader);
    case wire.fixed64:
      return reader.bytes(8);
    case wire.bytes:
      return reader.bytes(Number(readVarint(reader)));
    case wire.fixed32:
      return reader.bytes(4);
    default:
      throw malformed("a field of a type that is not known");
  }
}

function readVarint(reader: ByteReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 64n; shift += 7n) {
    const byte = reader.u8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  throw malformed("a number that does not end");
}
