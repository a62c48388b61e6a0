// SPDX-License-Identifier: Apache-2.0
/**
 * A device's measurements as NVIDIA's tools keep them: the request GET_MEASUREMENTS, then the response with its signature.
 * DMTF DSP0274 (SPDM) 1.1, section 10.11; little-endian.
 */

import { ByteReader, malformed } from "../byte-reader.ts";
import { u16le } from "../little-endian.ts";

/** Request and response; nothing says yet who signed them. */
export interface SpdmReport {
  /** What the requester chose. */
  readonly nonce: Uint8Array;
  /** SHA-384 digests by index. */
  readonly measurements: ReadonlyMap<number, Uint8Array>;
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

/** DMTF's own form of a measurement, and a digest of mutable firmware in it. */
const dmtf = 1;

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
  const measurements = readMeasurements(reader.bytes(length), count);
  reader.bytes(bytesOf.nonce);
  const opaque = readOpaque(reader.bytes(u16le(reader)));
  const signed = bytes.slice(0, bytes.length - reader.remaining);
  const signature = reader.bytes(bytesOf.signature);
  return { nonce, measurements, opaque, signed, signature, trailing: reader.remaining };
}

function readHeader(reader: ByteReader, expected: number, parameters?: readonly number[]): void {
  const [stated, found, ...rest] = reader.bytes(4);
  const isAsked = parameters?.every((value, index) => rest[index] === value) ?? true;
  if (stated !== version || found !== expected || !isAsked) {
    throw malformed("not a signed report of measurements");
  }
}

/** Index, form, size; then type, size, digest. */
function readMeasurements(record: Uint8Array, count: number): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(record);
  const measurements = new Map<number, Uint8Array>();
  while (reader.remaining > 0) {
    const index = reader.u8();
    const form = reader.u8();
    const block = new ByteReader(reader.bytes(u16le(reader)));
    block.u8();
    const digest = block.bytes(u16le(block));
    block.end();
    if (form !== dmtf || digest.length !== bytesOf.digest || measurements.has(index)) {
      throw malformed("a measurement is of another form, or there twice");
    }
    measurements.set(index, digest);
  }
  if (measurements.size !== count) {
    throw malformed("a report has another number of measurements than it says");
  }
  return measurements;
}

/** Type, size, content. */
function readOpaque(data: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(data);
  const fields = new Map<number, Uint8Array>();
  while (reader.remaining > 0) {
    const type = u16le(reader);
    if (fields.has(type)) {
      throw malformed("a report has a field twice");
    }
    fields.set(type, reader.bytes(u16le(reader)));
  }
  return fields;
}
