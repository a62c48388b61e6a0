// SPDX-License-Identifier: Apache-2.0
/** Writes the DER that Intel's certificates and revocation lists are made of. ITU-T X.690. */

/** A value with its tag and its length. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return new Uint8Array(Buffer.concat([Buffer.from([tag, ...length]), content]));
}

/** SEQUENCE. */
export function seq(...parts: readonly Uint8Array[]): Uint8Array {
  return tlv(0x30, ...parts);
}

/** INTEGER from 0 to 65535, with the zero before it that a highest bit needs. */
export function int(value: number): Uint8Array {
  const bytes = value > 0xff ? [value >> 8, value & 0xff] : [value];
  return tlv(0x02, Uint8Array.from((bytes[0] ?? 0) > 0x7f ? [0, ...bytes] : bytes));
}

/** OBJECT IDENTIFIER. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    return groups;
  });
  return tlv(0x06, Uint8Array.from(bytes));
}

/** A name of one common name, as UTF8String. */
export function nameOf(commonName: string): Uint8Array {
  return seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0c, Buffer.from(commonName)))));
}

/** UTCTime. */
export function utcTime(at: Date): Uint8Array {
  const digits = at.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

/** BIT STRING. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return tlv(0x03, Uint8Array.of(unused), bytes);
}

/** An extension. */
export function extensionOf(id: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [tlv(0x01, Uint8Array.of(0xff))] : [];
  return seq(oid(id), ...flag, tlv(0x04, value));
}

/** PEM of one value. */
export function pemOf(label: string, der: Uint8Array): string {
  const body = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
