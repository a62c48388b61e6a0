// SPDX-License-Identifier: Apache-2.0
/** RC2 in CBC mode, decryption alone: Windows and older OpenSSL encrypt certificates of PFX files with it. RFC 2268. */

import { StrongroomError } from "@strongroom/core";

// RFC 2268 section 2: the permutation of pi's digits.
const piTable = new Uint8Array(
  Buffer.from(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
      "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
      "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
      "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
      "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
      "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
      "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
      "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad",
    "hex",
  ),
);
const blockBytes = 8;

/** Decrypts and removes the padding. @param key Its length is the effective key's too. */
export function decryptRc2Cbc(
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) {
    throw new StrongroomError("BadParameter", "encrypted bytes are no whole number of blocks");
  }
  const words = expandKey(key);
  const plain = new Uint8Array(ciphertext.length);
  let previous = iv;
  for (let offset = 0; offset < ciphertext.length; offset += blockBytes) {
    const block = ciphertext.subarray(offset, offset + blockBytes);
    const opened = decryptBlock(words, block);
    for (let i = 0; i < blockBytes; i += 1) {
      plain[offset + i] = (opened[i] ?? 0) ^ (previous[i] ?? 0);
    }
    previous = block;
  }
  return removePadding(plain);
}

function removePadding(plain: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const count = plain.at(-1) ?? 0;
  const padding = plain.subarray(plain.length - count);
  if (count < 1 || count > blockBytes || padding.some((byte) => byte !== count)) {
    throw new StrongroomError("BadParameter", "the password is not right, or the file is damaged");
  }
  return plain.subarray(0, plain.length - count);
}

/** 64 words of 16 bits. RFC 2268 section 2. */
function expandKey(key: Uint8Array): Uint16Array {
  const bytes = expandBytes(key);
  return new Uint16Array(64).map((_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8));
}

function expandBytes(key: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(128);
  const substitute = (value: number) => piTable[value & 0xff] ?? 0;
  const at = (index: number) => bytes[index] ?? 0;
  bytes.set(key);
  for (let i = key.length; i < 128; i += 1) {
    bytes[i] = substitute(at(i - 1) + at(i - key.length));
  }
  const start = 128 - key.length;
  bytes[start] = substitute(at(start));
  for (let i = start - 1; i >= 0; i -= 1) {
    bytes[i] = substitute(at(i + 1) ^ at(i + key.length));
  }
  return bytes;
}

const rotations = [1, 2, 3, 5] as const;

function decryptBlock(words: Uint16Array, block: Uint8Array): Uint8Array {
  const r = new Uint16Array(4);
  for (let i = 0; i < 4; i += 1) {
    r[i] = (block[2 * i] ?? 0) | ((block[2 * i + 1] ?? 0) << 8);
  }
  let next = 63;
  for (let round = 0; round < 16; round += 1) {
    for (let i = 3; i >= 0; i -= 1) {
      next = unmix(r, words, { i, next });
    }
    // Sections 4.2 and 4.3: five mixing rounds, a mash, six, a mash, five.
    if (round === 4 || round === 10) {
      unmash(r, words);
    }
  }
  return new Uint8Array([...r].flatMap((word) => [word & 0xff, word >> 8]));
}

function unmix(
  r: Uint16Array,
  words: Uint16Array,
  { i, next }: { readonly i: number; readonly next: number },
): number {
  const s = rotations[i] ?? 1;
  const word = r[i] ?? 0;
  const rotated = ((word >> s) | (word << (16 - s))) & 0xffff;
  const [a, b, c] = [r[(i + 3) & 3] ?? 0, r[(i + 2) & 3] ?? 0, r[(i + 1) & 3] ?? 0];
  r[i] = rotated - (words[next] ?? 0) - (a & b) - (~a & c);
  return next - 1;
}

function unmash(r: Uint16Array, words: Uint16Array): void {
  for (let i = 3; i >= 0; i -= 1) {
    r[i] = (r[i] ?? 0) - (words[(r[(i + 3) & 3] ?? 0) & 63] ?? 0);
  }
}
