// SPDX-License-Identifier: Apache-2.0
/**
 * The content of a sealed file: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM, in chunks of 64 KiB as
 * age's. A nonce is the chunk's number and whether it is the last, so that a chunk that was changed, moved, left out or added
 * does not open, nor does an end that is missing.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";
import type { ByteSource } from "./byte-source.ts";

/** Bytes of plaintext in each chunk but the last. */
export const chunkLength = 65_536;
const tagLength = 16;
const sealedLength = chunkLength + tagLength;

/** Seals a stream, chunk by chunk. @param key Of this file alone: nonces begin at zero. */
export async function* sealChunks(
  source: ByteSource,
  key: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  for await (const { index, isLast, chunk } of withEnds(source, chunkLength)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce(index, isLast));
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Opens a stream: what is yielded is authentic, and once it ends without an error, it is complete. @throws {Error} */
export async function* openChunks(
  source: ByteSource,
  key: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  for await (const { index, isLast, chunk } of withEnds(source, sealedLength)) {
    const plain = open(key, nonce(index, isLast), chunk);
    if (plain === undefined || (plain.length === 0 && index > 0)) {
      throw new Error(reasonOf(key, { index, isLast, chunk }));
    }
    yield plain;
  }
}

interface Chunk {
  readonly index: number;
  readonly isLast: boolean;
  readonly chunk: Uint8Array;
}

// One chunk ahead: the last one is known by nothing that follows. An empty stream is one empty chunk.
async function* withEnds(source: ByteSource, length: number): AsyncGenerator<Chunk, void> {
  let chunk = await source.take(length);
  for (let index = 0; ; index += 1) {
    const next = await source.take(length);
    const isLast = next.length === 0;
    yield { index, isLast, chunk };
    if (isLast) {
      return;
    }
    chunk = next;
  }
}

function open(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < tagLength) {
    return undefined;
  }
  const end = sealed.length - tagLength;
  const decipher = createDecipheriv("aes-256-gcm", key, iv).setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

// For people: the chunk is refused in any case.
function reasonOf(key: Uint8Array, { index, isLast, chunk }: Chunk): string {
  const where = `at chunk ${index + 1}`;
  if (isLast && chunk.length < tagLength) {
    return `the end is missing: the file is cut ${where}`;
  }
  if (open(key, nonce(index, !isLast), chunk) !== undefined) {
    return isLast
      ? `the end is missing: the file is cut behind chunk ${index + 1}`
      : `something follows the end, which was ${where}`;
  }
  return `the file was changed ${where}, or it is another key's`;
}

/** 12 bytes: the chunk's number in 11, and 1 for the last chunk. */
function nonce(index: number, isLast: boolean): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(index), 3);
  bytes.writeUInt8(isLast ? 1 : 0, 11);
  return bytes;
}
