// SPDX-License-Identifier: Apache-2.0
/** Messages of Protocol Buffers whose fields are those of a binary format: each is there once, and as long as it is there. */

import { malformed } from "./byte-reader.ts";
import { bytesOf, type ProtobufFields, readProtobuf } from "./protobuf-fields.ts";

/** A message; every reader throws `EvidenceMalformed` where the field does not fit. */
export interface ProtobufMessage {
  readonly fields: ProtobufFields;
  /** A byte string of this length, or of any. */
  readonly bytes: (field: number, length?: number) => Uint8Array;
  /** A number in so many bytes, least significant byte first; 0 is left out of messages. */
  readonly number: (field: number, length: number) => Uint8Array;
  readonly message: (field: number) => ProtobufMessage;
}

/** Reads one message. @throws {StrongroomError} `EvidenceMalformed` if the bytes are none. */
export function readProtobufMessage(bytes: Uint8Array): ProtobufMessage {
  const fields = readProtobuf(bytes);
  const bytesAt = (field: number, length?: number) => {
    const [value, more] = bytesOf(fields, field);
    if (value === undefined || more !== undefined || value.length !== (length ?? value.length)) {
      throw malformed(`field ${field} of a message is missing, there twice, or of another length`);
    }
    return value;
  };
  return {
    fields,
    bytes: bytesAt,
    number: (field, length) => toLittleEndian(fields.get(field) ?? [0n], length),
    message: (field) => readProtobufMessage(bytesAt(field)),
  };
}

function toLittleEndian(values: readonly unknown[], length: number): Uint8Array {
  const [value, more] = values;
  if (typeof value !== "bigint" || more !== undefined || value >= 256n ** BigInt(length)) {
    throw malformed("a number of a message is none, there twice, or too great");
  }
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
