// SPDX-License-Identifier: Apache-2.0
/** Bytes as people keep them: as they are, or as text in hexadecimal or base64. */

/** Characters of text that are looked at. */
const longest = 4_194_304;

/** Shortest base64 that is taken for such: a word is none. */
const shortestBase64 = 32;

/** The text, if all of the bytes are printable ASCII or white space. */
export function asAscii(bytes: Uint8Array): string | undefined {
  const isText =
    bytes.length <= longest &&
    bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
  return isText ? Buffer.from(bytes).toString("latin1") : undefined;
}

/** What the text spells in hexadecimal or base64, of either alphabet; undefined where it is neither. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> | undefined {
  const compact = text.replaceAll(/\s/gu, "").replace(/^0x/u, "");
  if (/^(?:[0-9a-f]{2})+$/iu.test(compact)) {
    return new Uint8Array(Buffer.from(compact, "hex"));
  }
  return compact.length >= shortestBase64 && /^[A-Za-z0-9+/_-]+={0,2}$/u.test(compact)
    ? new Uint8Array(Buffer.from(compact, "base64"))
    : undefined;
}

/** The bytes that a list of numbers spells; undefined where the value is none. */
export function fromNumbers(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  const isByte = (one: unknown) => Number.isInteger(one) && Number(one) >= 0 && Number(one) <= 0xff;
  return Array.isArray(value) && value.every(isByte) ? Uint8Array.from(value) : undefined;
}

/** The bytes that a file holds or spells. */
export function toBinary(file: Uint8Array): Uint8Array {
  const text = asAscii(file);
  return (text === undefined ? undefined : decodeText(text)) ?? file;
}
