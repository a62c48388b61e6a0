// SPDX-License-Identifier: Apache-2.0
/** DER as bytes that are put together: the types that X.509 and PKCS structures use. ITU-T X.690. */

import { concatBytes, StrongroomError, utf8 } from "@strongroom/core";

/** A whole DER element. */
export type Der = Uint8Array<ArrayBuffer>;

/** Universal tags, with the constructed bit where the type has it. */
const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** One element of any tag below 31. */
export function element(tagByte: number, ...content: readonly Uint8Array[]): Der {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return concatBytes(new Uint8Array([tagByte]), lengthOctets(length), ...content);
}

export const sequence = (...content: readonly Uint8Array[]): Der =>
  element(tag.sequence, ...content);
/** SET OF: in the order of the encodings. X.690 section 11.6. */
export const setOf = (...content: readonly Uint8Array[]): Der =>
  element(tag.set, ...content.toSorted(Buffer.compare));
/** `[number] EXPLICIT`. */
export const explicit = (number: number, content: Uint8Array): Der =>
  element(0xa0 | number, content);
/** `[number] IMPLICIT` over content octets of a primitive type. */
export const implicit = (number: number, content: Uint8Array): Der =>
  element(0x80 | number, content);
export const octetString = (content: Uint8Array): Der => element(tag.octetString, content);
export const bitString = (content: Uint8Array, unusedBits = 0): Der =>
  element(tag.bitString, new Uint8Array([unusedBits]), content);
export const asn1Null: Der = new Uint8Array([0x05, 0x00]);
export const asn1True: Der = new Uint8Array([0x01, 0x01, 0xff]);
export const utf8String = (text: string): Der => element(tag.utf8String, utf8(text));
export const printableString = (text: string): Der => element(tag.printableString, utf8(text));
export const ia5String = (text: string): Der => element(tag.ia5String, utf8(text));

/** Non-negative INTEGER of big-endian bytes, shortest form. */
export function integer(bytes: Uint8Array): Der {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array(1) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? new Uint8Array(1) : new Uint8Array();
  return element(tag.integer, sign, digits);
}

/** INTEGER of a non-negative safe number. */
export function smallInteger(value: number): Der {
  const hex = value.toString(16);
  return integer(
    new Uint8Array(Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")),
  );
}

/** OBJECT IDENTIFIER of dotted decimals. @throws {StrongroomError} `BadParameter` if it is none. */
export function objectIdentifier(dotted: string): Der {
  const arcs = dotted.split(".").map(BigInt);
  const [first = 3n, second = 40n, ...rest] = arcs;
  if (!isObjectIdentifier(dotted)) {
    throw new StrongroomError("BadParameter", "not an object identifier");
  }
  return element(tag.objectIdentifier, ...[first * 40n + second, ...rest].map(base128));
}

/** Whether text is an object identifier of at most 128 characters. */
export function isObjectIdentifier(text: string): boolean {
  return text.length <= 128 && /^([01]\.(0|[1-3]?\d)|2\.(0|[1-9]\d*))(\.(0|[1-9]\d*))*$/.test(text);
}

/** Time of a certificate: UTCTime before 2050, GeneralizedTime from then on. RFC 5280 section 4.1.2.5. */
export function time(at: Date): Der {
  const digits = `${at
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/\D/g, "")}Z`;
  return at.getUTCFullYear() < 2050
    ? element(tag.utcTime, utf8(digits.slice(2)))
    : element(tag.generalizedTime, utf8(digits));
}

/** UTF-16, big-endian, as BMPString and PKCS#12 passwords have it. */
export function utf16be(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i += 1) {
    view.setUint16(i * 2, text.charCodeAt(i));
  }
  return bytes;
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) {
    return new Uint8Array([length]);
  }
  const hex = length.toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return new Uint8Array([0x80 | octets.length, ...octets]);
}

function base128(arc: bigint): Uint8Array {
  const septets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) {
    septets.unshift(Number(rest & 0x7fn) | 0x80);
  }
  return new Uint8Array(septets);
}
