// SPDX-License-Identifier: Apache-2.0
/**
 * A device's measurements as NVIDIA's tools keep them: the request GET_MEASUREMENTS, then the response with its signature.
 * DMTF DSP0274 (SPDM) 1.1, section 10.11; little-endian.
 */

import { ByteReader, malformed } from "../byte-reader.ts";
import { u16le } from "../little-endian.ts";
import { parseOpaqueData } from "./parse-opaque-data.ts";

/** Request and response; nothing says yet who signed them. */
export interface SpdmReport {
  /** What the requester chose. */
  readonly nonce: Uint8Array;
  /** SHA-384 digests by index. */
  readonly measurements: ReadonlyMap<number, Uint8Array>;
  /** What was measured and is no digest, by index: states, versions, a manifest. */
  readonly raw: ReadonlyMap<number, Uint8Array>;
  /** The vendor's fields by type. */
  readonly opaque: ReadonlyMap<number, Uint8Array>;
  /** Request and response up to the signature. */
  readonly signed: Uint8Array;
  /** r and s of ECDSA on P-384. */
  readonly signature: Uint8Array;
  /** Bytes behind the signature, which is found by what comes before it and never from the end. */
  readonly trailing: number;
}

const version = 0x11;

const code = { getMeasurements: 0xe0, measurements: 0x60 } as const;

/** A signature was asked for, over all measurements. */
const asked = { signature: 0x01, all: 0xff } as const;

const bytesOf = { nonce: 32, digest: 48, signature: 96 } as const;

/** Bytes of a report; those of a GPU have some 4 KiB. */
const longest = 16_384;

/** DMTF's own form of a measurement, and the bit of its type that says that it is no digest. */
const [dmtf, rawBit] = [1, 0x80];

/** @throws {StrongroomError} `EvidenceMalformed` if it is none, or its lengths contradict each other. */
export function parseSpdmReport(bytes: Uint8Array): SpdmReport {
  if (bytes.length > longest) {
    throw malformed("a report of measurements is too long");
  }
  const reader = new ByteReader(bytes);
  readHeader(reader, code.getMeasurements, [asked.signature, asked.all]);
  const nonce = reader.bytes(bytesOf.nonce);
  reader.u8();
  readHeader(reader, code.measurements);
  const count = reader.u8();
  const length = u16le(reader) + reader.u8() * 0x10000;
  const { measurements, raw } = readMeasurements(reader.bytes(length), count);
  reader.bytes(bytesOf.nonce);
  const opaque = parseOpaqueData(reader.bytes(u16le(reader)));
  const signed = bytes.slice(0, bytes.length - reader.remaining);
  const signature = reader.bytes(bytesOf.signature);
  return { nonce, measurements, raw, opaque, signed, signature, trailing: reader.remaining };
}

function readHeader(reader: ByteReader, expected: number, parameters?: readonly number[]): void {
  const [stated, found, ...rest] = reader.bytes(4);
  const isAsked = parameters?.every((value, index) => rest[index] === value) ?? true;
  if (stated !== version || found !== expected || !isAsked) {
    throw malformed("not a signed report of measurements");
  }
}

/** Index, form, size; then type, size, digest or value. */
function readMeasurements(
  record: Uint8Array,
  count: number,
): Pick<SpdmReport, "measurements" | "raw"> {
  const reader = new ByteReader(record);
  const [measurements, raw] = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()];
  while (reader.remaining > 0) {
    const index = reader.u8();
    const form = reader.u8();
    const block = new ByteReader(reader.bytes(u16le(reader)));
    const isRaw = (block.u8() & rawBit) !== 0;
    const value = block.bytes(u16le(block));
    block.end();
    const isTwice = measurements.has(index) || raw.has(index);
    if (form !== dmtf || isTwice || (!isRaw && value.length !== bytesOf.digest)) {
      throw malformed("a measurement is of another form, or there twice");
    }
    (isRaw ? raw : measurements).set(index, value);
  }
  if (measurements.size + raw.size !== count) {
    throw malformed("a report has another number of measurements than it says");
  }
  return { measurements, raw };
}
