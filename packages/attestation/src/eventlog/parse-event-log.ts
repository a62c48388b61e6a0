// SPDX-License-Identifier: Apache-2.0
/**
 * Firmware's event logs: of a TPM, with digests of one bank (SHA-1) or of several, and of a TD (CCEL), which has the same
 * form. Little-endian. TCG PC Client Platform Firmware Profile, section 10.2; UEFI, section 38.4.
 */

import { toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { u16le, u32le } from "../little-endian.ts";
import { digestBytes, type TpmHash } from "../tpm/algorithms.ts";
import { eventType } from "./event-types.ts";

/** An event; its data is worth what a digest of it is worth, which nobody has compared yet. */
export interface FirmwareEvent {
  /** A TPM's PCR. In a TD's log 0 is MRTD, 1 to 4 are RTMR0 to RTMR3. */
  readonly register: number;
  readonly type: number;
  /** What the register was extended with, by bank. */
  readonly digests: ReadonlyMap<TpmHash, Uint8Array>;
  readonly data: Uint8Array;
}

/** A log as it was written; nothing says yet that a register was extended with any of it. */
export interface EventLog {
  readonly events: readonly FirmwareEvent[];
  /** Bytes up to the end of the last event; what the area has behind it is filling. */
  readonly length: number;
}

/** Bytes of the area, entries, and banks of one entry. */
const limits = { bytes: 1_048_576, events: 8192, banks: 8 } as const;

/** TPM_ALG_ID of banks that are replayed; others are passed over by the size that the log's header states. */
const banks: ReadonlyMap<number, TpmHash> = new Map<number, TpmHash>([
  [0x0004, "sha1"],
  [0x000b, "sha256"],
  [0x000c, "sha384"],
  [0x000d, "sha512"],
]);

/** What an area has behind the last event. */
const endOfLog = 0xffffffff;

/** "Spec ID Event03" and its zero, in hexadecimal. */
const header = toHex(new Uint8Array(Buffer.from("Spec ID Event03\0", "latin1")));

/** @throws {StrongroomError} `EvidenceMalformed` if an entry is cut short, or has a bank that the header does not have. */
export function parseEventLog(bytes: Uint8Array): EventLog {
  if (bytes.length > limits.bytes) {
    throw malformed("an event log is too long");
  }
  const reader = new ByteReader(bytes);
  const first = readSha1Event(reader);
  const sizes = readHeader(first);
  const read = sizes === undefined ? readSha1Event : (one: ByteReader) => readEvent(one, sizes);
  const events = sizes === undefined ? [first] : [];
  while (!isAtEnd(bytes, reader)) {
    if (events.length === limits.events) {
      throw malformed("an event log of too many events");
    }
    events.push(read(reader));
  }
  return { events, length: bytes.length - reader.remaining };
}

/** An area is longer than its log, and filled with ones or zeros. An informative event may name no register, but has a type. */
function isAtEnd(bytes: Uint8Array, reader: ByteReader): boolean {
  if (reader.remaining < 8) {
    const rest = bytes.subarray(bytes.length - reader.remaining);
    if (rest.some((byte) => byte !== 0 && byte !== 0xff)) {
      throw malformed("an event is cut short");
    }
    return true;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - reader.remaining);
  const [register, type] = [view.getUint32(0, true), view.getUint32(4, true)];
  return (register === endOfLog && type === endOfLog) || (register === 0 && type === 0);
}

/** TCG_PCR_EVENT. */
function readSha1Event(reader: ByteReader): FirmwareEvent {
  const register = u32le(reader);
  const type = u32le(reader);
  const digests = new Map([["sha1", reader.bytes(digestBytes.sha1)] as const]);
  return { register, type, digests, data: reader.bytes(u32le(reader)) };
}

/** TCG_PCR_EVENT2. */
function readEvent(reader: ByteReader, sizes: ReadonlyMap<number, number>): FirmwareEvent {
  const register = u32le(reader);
  const type = u32le(reader);
  const count = u32le(reader);
  if (count > limits.banks) {
    throw malformed(`an event with digests of ${count} banks`);
  }
  const digests = new Map<TpmHash, Uint8Array>();
  for (let index = 0; index < count; index += 1) {
    const algorithm = u16le(reader);
    const size = sizes.get(algorithm);
    if (size === undefined) {
      throw malformed("an event has a digest that the log's header does not know");
    }
    const digest = reader.bytes(size);
    const bank = banks.get(algorithm);
    if (bank !== undefined && digests.has(bank)) {
      throw malformed("an event has two digests of one bank");
    }
    if (bank !== undefined) {
      digests.set(bank, digest);
    }
  }
  return { register, type, digests, data: reader.bytes(u32le(reader)) };
}

/** TCG_EfiSpecIdEvent: sizes of digests by algorithm; undefined where the log has none, and SHA-1 alone. */
function readHeader({ type, data }: FirmwareEvent): ReadonlyMap<number, number> | undefined {
  const isHeader = type === eventType.noAction && toHex(data.subarray(0, 16)) === header;
  if (!isHeader) {
    return undefined;
  }
  const reader = new ByteReader(data.slice(24));
  const count = u32le(reader);
  if (count === 0 || count > limits.banks) {
    throw malformed(`an event log of ${count} banks`);
  }
  const sizes = new Map<number, number>();
  for (let index = 0; index < count; index += 1) {
    const algorithm = u16le(reader);
    const size = u16le(reader);
    const bank = banks.get(algorithm);
    if (sizes.has(algorithm) || (bank !== undefined && digestBytes[bank] !== size)) {
      throw malformed("an event log's header contradicts itself");
    }
    sizes.set(algorithm, size);
  }
  return sizes;
}
