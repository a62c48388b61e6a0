// SPDX-License-Identifier: Apache-2.0
/**
 * Whether bytes are DER and not merely BER, ITU-T X.690 section 10 and 11. Parsers of certificates are lax in different
 * ways; where one spelling is allowed, they cannot disagree about what a signature covers.
 */

import { ByteReader, malformed } from "../byte-reader.ts";
import { derBytes, derDepth, derValuesOfOne } from "./limits.ts";

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Checks that `bytes` are exactly one DER value.
 *
 * @param most Values that it may consist of, itself and all that is nested in it.
 * @throws {StrongroomError} `EvidenceMalformed` if not.
 */
export function assertDer(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): void {
  if (bytes.length > derBytes) {
    throw malformed("a value is too long");
  }
  const reader = new ByteReader(bytes);
  assertValue(reader, 0, { left: most });
  reader.end();
}

/** The DER value at the start of `bytes` without what follows it, as padding in a TPM's memory. */
export function firstDerValue(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes);
  reader.u8();
  const length = readLength(reader);
  return bytes.slice(0, bytes.length - reader.remaining + checkFits(reader, length));
}

/** One DER value. */
export interface DerValue {
  readonly identifier: number;
  readonly content: Uint8Array;
  /** Identifier, length, content. */
  readonly der: Uint8Array;
}

/**
 * The values that stand one after the other in `bytes`; whether each is DER inside, {@link assertDer} says.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if they are none, or more than the longest CRL has.
 */
export function derValues(bytes: Uint8Array): readonly DerValue[] {
  return derValuesWithin(new Uint8Array(bytes));
}

/**
 * The same of what a value contains that was read already, and so is a part of a copy that nobody else has: each of many
 * thousand entries of a list copied for itself takes longer than all the rest of reading it.
 */
export function derValuesWithin(own: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = [];
  let start = 0;
  while (start < own.length) {
    if (values.length === derValuesOfOne) {
      throw malformed("a value of too many others");
    }
    const more = countLengthBytes(own[start + 1]);
    const from = start + 2 + more;
    const end = from + readLengthAt(own, start + 1, more);
    if (end > own.length) {
      throw malformed(`${end - from} bytes expected, ${own.length - from} left`);
    }
    values.push({
      identifier: own[start] ?? 0,
      content: own.subarray(from, end),
      der: own.subarray(start, end),
    });
    start = end;
  }
  return values;
}

function checkFits(reader: ByteReader, length: number): number {
  if (length > reader.remaining) {
    throw malformed("value is longer than what holds it");
  }
  return length;
}

function assertValue(reader: ByteReader, depth: number, count: { left: number }): void {
  if (depth > derDepth) {
    throw malformed("values are nested too deep");
  }
  if (count.left === 0) {
    throw malformed("a value of too many others");
  }
  count.left -= 1;
  const identifier = reader.u8();
  if ((identifier & 0x1f) === 0x1f) {
    throw malformed("tags above 30 do not occur in certificates");
  }
  if ((identifier & 0x20) === 0) {
    assertPrimitive(identifier, reader.bytes(readLength(reader)));
    return;
  }
  const isUniversal = (identifier & 0xc0) === 0;
  if (isUniversal && identifier !== tag.sequence && identifier !== tag.set) {
    throw malformed("strings in pieces are not DER");
  }
  const inner = reader.nested(readLength(reader));
  while (inner.remaining > 0) {
    assertValue(inner, depth + 1, count);
  }
}

function readLength(reader: ByteReader): number {
  const first = reader.u8();
  const more = countLengthBytes(first);
  return more === 0 ? first : readLengthAt(Uint8Array.of(first, ...reader.bytes(more)), 0, more);
}

/** How many bytes of a length follow its first. */
function countLengthBytes(first: number | undefined): number {
  if (first === undefined) {
    throw malformed("a value has no length");
  }
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 3) {
    throw malformed("length is indefinite or too long");
  }
  return count;
}

/** The length that begins at `at` and has as many `more` bytes. */
function readLengthAt(bytes: Uint8Array, at: number, more: number): number {
  if (more === 0) {
    return bytes[at] ?? 0;
  }
  let length = 0;
  for (let index = at + 1; index <= at + more; index += 1) {
    length = length * 256 + (bytes[index] ?? 0);
  }
  if (length < 0x80 || length < 256 ** (more - 1)) {
    throw malformed("length is not in its shortest form");
  }
  return length;
}

function assertPrimitive(identifier: number, content: Uint8Array): void {
  if (!isCanonical(identifier, content)) {
    throw malformed(`value of type ${identifier} is not in its one DER form`);
  }
}

function isCanonical(identifier: number, content: Uint8Array): boolean {
  // By their places: taking an array apart costs more than all that is asked here, for each of many thousand values.
  const first = content[0] ?? 0;
  const second = content[1] ?? 0;
  switch (identifier) {
    case tag.boolean:
      return content.length === 1 && (first === 0x00 || first === 0xff);
    case tag.integer:
      return content.length === 1 || (content.length > 1 && !isPadded(first, second));
    case tag.bitString:
      return isCanonicalBitString(content);
    case tag.null:
      return content.length === 0;
    case tag.oid:
      return content.length > 0 && ((content.at(-1) ?? 0x80) & 0x80) === 0;
    default:
      return true;
  }
}

function isPadded(first: number, second: number): boolean {
  return (first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80);
}

function isCanonicalBitString(content: Uint8Array): boolean {
  const unused = content[0] ?? 8;
  const last = content.length > 1 ? (content.at(-1) ?? 0) : 0;
  return unused === 0 || (unused < 8 && content.length > 1 && last % 2 ** unused === 0);
}
