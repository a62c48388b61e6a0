// SPDX-License-Identifier: Apache-2.0
/** Ranges of network addresses in CIDR notation, IPv4 and IPv6. RFC 4632, RFC 4291 section 2.3. */

/** A range: every address that agrees with `base` in the first `length` of 128 bits. */
interface AddressRange {
  readonly base: bigint;
  readonly length: number;
}

/** IPv4 addresses lie here among IPv6 ones, so that `::ffff:192.0.2.1` is `192.0.2.1`. RFC 4291 section 2.5.5.2. */
const mapped = 0xffff_0000_0000n;

/** Whether `text` is a range whose address has no bit set behind the prefix, or a single address. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** Whether `address` lies in `range`; what cannot be parsed lies nowhere. */
export function inRange(range: string, address: string): boolean {
  const parsed = parseRange(range);
  const bits = parseAddress(address);
  return parsed !== undefined && bits !== undefined && agree(parsed.base, bits, parsed.length);
}

/** Whether every address of `inner` lies in `outer`. */
export function coversRange(outer: string, inner: string): boolean {
  const [wide, narrow] = [parseRange(outer), parseRange(inner)];
  return (
    wide !== undefined &&
    narrow !== undefined &&
    wide.length <= narrow.length &&
    agree(wide.base, narrow.base, wide.length)
  );
}

function agree(a: bigint, b: bigint, length: number): boolean {
  const shift = BigInt(128 - length);
  return a >> shift === b >> shift;
}

function parseRange(text: string): AddressRange | undefined {
  const match = /^([0-9a-fA-F:.]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(text);
  const address = match?.[1] ?? "";
  const base = parseAddress(address);
  const width = address.includes(":") ? 128 : 32;
  const given = match?.[2] === undefined ? width : Number(match[2]);
  if (base === undefined || given > width) {
    return undefined;
  }
  const length = 128 - width + given;
  const behind = (1n << BigInt(128 - length)) - 1n;
  return (base & behind) === 0n ? { base, length } : undefined;
}

function parseAddress(text: string): bigint | undefined {
  if (!text.includes(":")) {
    const v4 = parseV4(text);
    return v4 === undefined ? undefined : mapped | v4;
  }
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted === null) {
    return parseV6(text);
  }
  const v4 = parseV4(dotted[2] ?? "");
  const words =
    v4 === undefined ? "" : `${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  return v4 === undefined ? undefined : parseV6(`${dotted[1]}${words}`);
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) {
    return undefined;
  }
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256)
    ? bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    : undefined;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) {
    return undefined;
  }
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const left = head ?? [];
  const right = tail ?? [];
  const gap = 8 - left.length - right.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) {
    return undefined;
  }
  const words = [...left, ...Array.from({ length: gap }, () => "0"), ...right];
  return words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))
    ? words.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n)
    : undefined;
}
