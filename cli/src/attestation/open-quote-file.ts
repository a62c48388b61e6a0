// SPDX-License-Identifier: Apache-2.0
/** Quotes of TDX and SGX as people keep them: bytes, hexadecimal, base64, in the JSON of an agent or a service, in Google's messages, in a certificate. */

import {
  ifWellFormed,
  isEventLog,
  malformed,
  readQuoteMessage,
  toBinary,
} from "@strongroom/attestation";
import { certificateStrings } from "./evidence-certificate.ts";
import { byteStrings, readStructured } from "./evidence-json.ts";

/** A quote, and the event log that was in the same file. */
export interface OpenedQuote {
  readonly quote: Uint8Array;
  readonly eventLogs: readonly Uint8Array[];
}

/** The quote's bytes, or the file's: parsing then says what is wrong. @throws {StrongroomError} `EvidenceMalformed` if it is JSON that holds none. */
export function openQuoteFile(file: Uint8Array): OpenedQuote {
  const json = readStructured(file);
  if (json === undefined) {
    const binary = toBinary(file);
    return { quote: findQuote([binary, file]) ?? binary, eventLogs: [] };
  }
  const found = [...byteStrings(json)];
  const quote = findQuote(found);
  if (quote === undefined) {
    throw malformed("json without a quote");
  }
  return { quote, eventLogs: found.filter(isEventLog).slice(0, 1) };
}

/** The first of the strings that is a quote; where none is, the first in their certificates. */
function findQuote(strings: readonly Uint8Array[]): Uint8Array | undefined {
  const first = (all: readonly Uint8Array[]) =>
    all.map(toQuote).find((quote) => quote !== undefined);
  return first(strings) ?? first(strings.flatMap(certificateStrings));
}

/** Field 1, a byte string: what messages of quotes begin with. */
const messageStart = 0x0a;

/** Bytes of the shortest quote's header and body. */
const shortest = 432;

function toQuote(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < shortest) {
    return undefined;
  }
  const message =
    bytes[0] === messageStart ? ifWellFormed(() => readQuoteMessage(bytes)) : undefined;
  const start = message === undefined ? startOf(bytes) : undefined;
  return start === undefined ? message : bytes.slice(start);
}

/** Intel's quoting enclave, at offset 12 of every quote's header. */
const vendor = { id: Buffer.from("939a7233f79c4ca9940a0db3957f0607", "hex"), offset: 12 } as const;

/** Bytes that Open Enclave and others put before a quote: versions, kinds, sizes; 68 by Linux' driver and the quoting service. */
const longestHeader = 96;

function startOf(bytes: Uint8Array): number | undefined {
  const { buffer, byteOffset } = bytes;
  const header = Math.min(bytes.length, longestHeader + vendor.offset + vendor.id.length);
  const start = Buffer.from(buffer, byteOffset, header).indexOf(vendor.id) - vendor.offset;
  return start >= 0 ? start : undefined;
}
