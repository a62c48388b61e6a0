// SPDX-License-Identifier: Apache-2.0
/**
 * The vendor's fields in a report of NVIDIA's devices: behind a header with their layout's version, as drivers of CUDA 13.5
 * and later write them, or without. NVIDIA, "Opaque Data Format"; little-endian.
 */

import { toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { littleEndian, u16le } from "../little-endian.ts";

/** "NVDAOD". */
const magic = "4e5644414f44";

/** Of the layout, which fields keep their meaning up to: the first of four bytes, or a field where there is no header. */
const newest = 2;

/** Field with the layout's version, where there is no header, and its longest value. */
const version = { field: 34, bytes: 8 } as const;

/** Values by type. @throws {StrongroomError} `EvidenceMalformed` if they are none, or of a layout that is not known. */
export function parseOpaqueData(data: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(data);
  if (toHex(data.slice(0, magic.length / 2)) === magic) {
    readHeader(reader);
    // A value says of what kind it is: text, number, floor. Its field does too.
    return readFields(reader, () => u16le(reader));
  }
  const fields = readFields(reader, () => 0);
  const stated = fields.get(version.field) ?? new Uint8Array();
  if (stated.length > version.bytes || littleEndian(stated) > newest) {
    throw malformed("a report's fields are of a layout that is not known");
  }
  return fields;
}

/** Magic, a profile, which is 0, then major, minor, patch and nothing. */
function readHeader(reader: ByteReader): void {
  reader.skip(magic.length / 2);
  const profile = u16le(reader);
  const [major = 0] = reader.bytes(4);
  if (profile !== 0 || major > newest) {
    throw malformed("a report's fields are of a layout that is not known");
  }
}

/** Type, what `between` reads, size, value. */
function readFields(reader: ByteReader, between: () => number): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  while (reader.remaining > 0) {
    const type = u16le(reader);
    between();
    if (fields.has(type)) {
      throw malformed("a report has a field twice");
    }
    fields.set(type, reader.bytes(u16le(reader)));
  }
  return fields;
}
