// SPDX-License-Identifier: Apache-2.0
/** Reading BER and DER: bounded, and strict about structure. ITU-T X.690; BER's freedoms because PKCS#12 files use them. */

import { concatBytes, StrongroomError } from "@strongroom/core";

/** One element that was read. */
export interface Asn1 {
  /** Identifier octet: class, constructed bit and number. */
  readonly tag: number;
  /** Content octets as they stand. */
  readonly content: Uint8Array;
  /** Elements inside; none where it is primitive. */
  readonly children: readonly Asn1[];
  /** The whole element as it stands. */
  readonly bytes: Uint8Array;
}

/** Nesting of elements: a PKCS#12 file needs about 12 in each of its layers. */
const maxDepth = 32;
const indefinite = 0x80;

/** The one element that `bytes` hold. @throws {StrongroomError} `BadParameter` if they hold anything else. */
export function readBer(bytes: Uint8Array): Asn1 {
  const element = readElement(bytes, 0, 0);
  if (element.bytes.length !== bytes.length) {
    throw malformed();
  }
  return element;
}

/** Content of an OCTET STRING, also of one in parts. X.690 section 8.7.3. */
export function octetsOf(element: Asn1 | undefined): Uint8Array {
  if (element === undefined) {
    throw malformed();
  }
  return element.children.length === 0
    ? element.content
    : concatBytes(...element.children.map(octetsOf));
}

/** Dotted decimals of an OBJECT IDENTIFIER. */
export function oidOf(element: Asn1 | undefined): string {
  if (element?.tag !== 0x06 || element.content.length === 0 || element.content.length > 64) {
    throw malformed();
  }
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of element.content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join(".");
}

/** Value of a non-negative INTEGER of at most 4 bytes. */
export function smallIntegerOf(element: Asn1 | undefined): number {
  const content = element?.content ?? new Uint8Array();
  if (element?.tag !== 0x02 || content.length === 0 || content.length > 5) {
    throw malformed();
  }
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** Child at `index` of a SEQUENCE or SET. @throws {StrongroomError} `BadParameter` if there is none. */
export function childOf(element: Asn1 | undefined, index: number): Asn1 {
  const child = element?.children[index];
  if (child === undefined) {
    throw malformed();
  }
  return child;
}

function readElement(bytes: Uint8Array, start: number, depth: number): Asn1 {
  const tag = bytes[start];
  if (tag === undefined || (tag & 0x1f) === 0x1f || depth > maxDepth) {
    throw malformed();
  }
  const { length, next } = readLength(bytes, start + 1);
  const isConstructed = (tag & 0x20) !== 0;
  if (length === undefined) {
    if (!isConstructed) {
      throw malformed();
    }
    return readIndefinite(bytes, { start, next, depth, tag });
  }
  const end = next + length;
  if (end > bytes.length) {
    throw malformed();
  }
  const content = bytes.subarray(next, end);
  const children = isConstructed ? readAll(content, depth + 1) : [];
  return { tag, content, children, bytes: bytes.subarray(start, end) };
}

function readAll(content: Uint8Array, depth: number): Asn1[] {
  const children: Asn1[] = [];
  for (let offset = 0; offset < content.length; ) {
    const child = readElement(content, offset, depth);
    children.push(child);
    offset += child.bytes.length;
  }
  return children;
}

interface Opened {
  readonly start: number;
  readonly next: number;
  readonly depth: number;
  readonly tag: number;
}

function readIndefinite(bytes: Uint8Array, { start, next, depth, tag }: Opened): Asn1 {
  const children: Asn1[] = [];
  let offset = next;
  while (bytes[offset] !== 0 || bytes[offset + 1] !== 0) {
    const child = readElement(bytes, offset, depth + 1);
    children.push(child);
    offset += child.bytes.length;
  }
  const content = bytes.subarray(next, offset);
  return { tag, content, children, bytes: bytes.subarray(start, offset + 2) };
}

function readLength(
  bytes: Uint8Array,
  at: number,
): { readonly length: number | undefined; readonly next: number } {
  const first = bytes[at] ?? 0xff;
  if (first === indefinite) {
    return { length: undefined, next: at + 1 };
  }
  if (first < 0x80) {
    return { length: first, next: at + 1 };
  }
  const count = first & 0x7f;
  if (count > 4 || at + count >= bytes.length) {
    throw malformed();
  }
  const octets = bytes.subarray(at + 1, at + 1 + count);
  return { length: octets.reduce((sum, byte) => sum * 256 + byte, 0), next: at + 1 + count };
}

function malformed(): StrongroomError {
  return new StrongroomError("BadParameter", "not the ASN.1 structure that belongs here");
}
