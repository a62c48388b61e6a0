// SPDX-License-Identifier: Apache-2.0
/** Bytes as people keep them: as they are, or as text in hexadecimal or base64. */

/** Characters of text that are looked at. */
const longest = 4_194_304;

/** Shortest base64 that is taken for such: a word is none. */
const shortestBase64 = 32;

/** What is neither printable nor white space. */
const foreign = /[^\t-\r -~]/;

const isSpace = (code: number) => code === 0x20 || (code >= 9 && code <= 13);

/** The text, if all of the bytes are printable ASCII or white space. */
export function asAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > longest) {
    return undefined;
  }
  // Looked for in text: byte by byte it takes several times as long.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return foreign.test(text) ? undefined : text;
}

/** What the text spells in hexadecimal or base64, of either alphabet; undefined where it is neither, as PEM is not. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> | undefined {
  // Hyphens are digits of base64 too: blocks that need no padding would be.
  if (/^\s*-----BEGIN /u.test(text)) {
    return undefined;
  }
  const compact = withoutSpace(text).replace(/^0x/u, "");
  if (/^(?:[0-9a-f]{2})+$/iu.test(compact)) {
    return new Uint8Array(Buffer.from(compact, "hex"));
  }
  return compact.length >= shortestBase64 && /^[A-Za-z0-9+/_-]+={0,2}$/u.test(compact)
    ? new Uint8Array(Buffer.from(compact, "base64"))
    : undefined;
}

/** Without white space; as it is where it has characters that spell nothing. */
function withoutSpace(text: string): string {
  if (foreign.test(text) || !/\s/u.test(text)) {
    return text;
  }
  // Character by character: where every third is white space, a pattern takes ten times as long.
  const kept = Buffer.alloc(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (!isSpace(code)) {
      kept[length] = code;
      length += 1;
    }
  }
  return kept.toString("latin1", 0, length);
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
