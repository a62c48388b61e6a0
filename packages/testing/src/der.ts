// SPDX-License-Identifier: Apache-2.0
/** Writes DER, as much of it as certificates and revocation lists of test vendors need. ITU-T X.690. */

import { Buffer } from "node:buffer";

/** A value: identifier, length, content. */
export function der(identifier: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  const { length } = body;
  const header =
    length < 0x80
      ? [identifier, length]
      : length < 0x100
        ? [identifier, 0x81, length]
        : length < 0x10000
          ? [identifier, 0x82, length >> 8, length & 0xff]
          : [identifier, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return new Uint8Array(Buffer.concat([Uint8Array.from(header), body]));
}

/** SEQUENCE. */
export function sequence(...content: readonly Uint8Array[]): Uint8Array {
  return der(0x30, ...content);
}

/** INTEGER, not negative, of at most four bytes. */
export function integer(value: number): Uint8Array {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex");
  const isNegative = (bytes[0] ?? 0) > 0x7f;
  return der(0x02, isNegative ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes);
}

/** OBJECT IDENTIFIER. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) {
      digits.unshift((left & 0x7f) | 0x80);
    }
    return digits;
  });
  return der(0x06, Uint8Array.from(arcs));
}

/** UTCTime before 2050, GeneralizedTime from then on. RFC 5280 section 4.1.2.5. */
export function time(at: Date): Uint8Array {
  const digits = at.toISOString().replaceAll(/[-:T]/gu, "").slice(0, 14);
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

/** A name of one common name. */
export function commonName(value: string): Uint8Array {
  return distinguishedName([["2.5.4.3", value]]);
}

/** A name of these attributes, as UTF8String, in their order. */
export function distinguishedName(
  attributes: readonly (readonly [oid: string, value: string])[],
): Uint8Array {
  return sequence(
    ...attributes.map(([oid, value]) =>
      der(0x31, sequence(objectId(oid), der(0x0c, Buffer.from(value)))),
    ),
  );
}

/** BIT STRING; `unused` bits of its last byte are none of it. */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return der(0x03, Uint8Array.of(unused), bytes);
}

/** An extension of a certificate or of a revocation list. */
export function extensionOf(id: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der(0x01, Uint8Array.of(0xff))] : [];
  return sequence(objectId(id), ...flag, der(0x04, value));
}

/** PEM of one value. */
export function pemOf(label: string, value: Uint8Array): string {
  const body = Buffer.from(value).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
