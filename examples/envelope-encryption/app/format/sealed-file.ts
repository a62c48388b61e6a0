// SPDX-License-Identifier: Apache-2.0
/** A whole sealed file as a stream: header, then chunks. */

import { randomBytes } from "node:crypto";
import { byteSource } from "./byte-source.ts";
import { openChunks, sealChunks } from "./chunks.ts";
import { deriveFileKey, makeHeader, readHeader, saltLength, type WrappedKey } from "./header.ts";

/** A data key, in clear and wrapped. */
export interface DataKey {
  readonly bytes: Uint8Array;
  readonly wrapped: WrappedKey;
}

/** Encrypts a stream of any length. */
export async function* seal(
  plain: AsyncIterable<Uint8Array>,
  { bytes, wrapped }: DataKey,
): AsyncGenerator<Uint8Array, void> {
  const header = makeHeader(wrapped, randomBytes(saltLength));
  const key = deriveFileKey(bytes, header);
  try {
    yield header.bytes;
    yield* sealChunks(byteSource(plain), key);
  } finally {
    key.fill(0);
  }
}

/** Decrypts one. What comes is authentic; only a stream that ends without an error is complete. @throws {Error} */
export async function* open(
  sealed: AsyncIterable<Uint8Array>,
  dataKey: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  const source = byteSource(sealed);
  const key = deriveFileKey(dataKey, await readHeader(source));
  try {
    yield* openChunks(source, key);
  } finally {
    key.fill(0);
  }
}
