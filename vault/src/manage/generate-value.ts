// SPDX-License-Identifier: Apache-2.0
/** Generated values: random bytes of the HSM, spelt as the resource asks. */

import type { Generate } from "@strongroom/api";
import { SecretBytes, toBase64url, toHex, utf8 } from "@strongroom/core";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Largest multiple of the alphabet's length below 256: larger bytes would favour its first letters. */
const unbiased = 256 - (256 % alphabet.length);

/** Makes a value of random bytes from the HSM. */
export async function generateValue(
  random: (bytes: number) => Promise<Uint8Array>,
  { encoding, length }: Generate,
): Promise<SecretBytes> {
  if (encoding === "alphanumeric") {
    return await alphanumeric(random, length);
  }
  using bytes = new SecretBytes(await random(length));
  const encode = encoding === "hex" ? toHex : toBase64url;
  return new SecretBytes(utf8(encode(bytes.reveal())));
}

async function alphanumeric(
  random: (bytes: number) => Promise<Uint8Array>,
  length: number,
): Promise<SecretBytes> {
  const value = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    using bytes = new SecretBytes(await random(length));
    for (const byte of bytes.reveal()) {
      if (byte < unbiased && filled < length) {
        value[filled] = alphabet.charCodeAt(byte % alphabet.length);
        filled += 1;
      }
    }
  }
  return new SecretBytes(value);
}
