// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of a full backup: a stream that is sealed in chunks.
 *
 * stream = 0x01 || u32 length || key blob || salt (32) || for each chunk: u32 length || ciphertext || tag (16)
 * subkey = SP 800-108 counter mode, HMAC-SHA-256 (backup data key, "strongroom/full-backup/v1", salt), in the token
 * AES-256-GCM for each chunk of 1 MiB; IV = 0x000000 || u64 index || 0x01 for the last chunk, else 0x00; AAD = everything
 * before the first chunk. Chunks that are left out, repeated, exchanged or cut off do not open.
 *
 * The key blob is as in a backup of one object; the label keeps the two apart.
 */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { concatBytes, type DeriveSubkey, SecretBytes, u32be, u64be } from "@strongroom/core";
import { maxKeyBlobLength, unreadable } from "../objects/backup/backup-format.ts";
import type { BackupKeys } from "../objects/backup/backup-keys.ts";
import { ByteSource, type Bytes, withLength } from "./byte-source.ts";
import { inChunks } from "./in-chunks.ts";
import { chunkBytes } from "./limits.ts";

const formatVersion = 1;
const saltLength = 32;
const tagLength = 16;
const cipherName = "aes-256-gcm";
/** Label of the subkeys of full backups. */
const fullBackupLabel = "strongroom/full-backup/v1";

/** Seals a stream under a data key that is wrapped as `keyBlob`. */
export async function* sealStream(
  keyBlob: Uint8Array,
  derive: DeriveSubkey,
  plain: Bytes,
): AsyncGenerator<Uint8Array> {
  const salt = new Uint8Array(randomBytes(saltLength));
  using key = new SecretBytes(await derive(fullBackupLabel, salt));
  const start = concatBytes(new Uint8Array([formatVersion]), ...withLength(keyBlob), salt);
  yield start;
  let index = 0;
  for await (const { chunk, isLast } of inChunks(plain, chunkBytes)) {
    const cipher = createCipheriv(cipherName, key.reveal(), ivOf(index, isLast));
    cipher.setAAD(start);
    // Piece by piece: memory that a large chunk takes is given back late.
    yield u32be(chunk.length + tagLength);
    yield cipher.update(chunk);
    yield concatBytes(cipher.final(), cipher.getAuthTag());
    index += 1;
  }
}

/** Opens a stream. @throws {Refusal} `BadParameter` where it was changed, before anything of that chunk is given out */
export async function* openStream(
  sealed: Bytes,
  keys: Pick<BackupKeys, "of">,
): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(sealed);
  try {
    const [version] = await source.take(1);
    if (version !== formatVersion) {
      throw unreadable();
    }
    const keyBlob = await source.takeWithLength(maxKeyBlobLength);
    const salt = await source.take(saltLength);
    const start = concatBytes(new Uint8Array([formatVersion]), ...withLength(keyBlob), salt);
    using key = new SecretBytes(await keys.of(keyBlob)(fullBackupLabel, salt));
    let isLast = false;
    for (let index = 0; !isLast; index += 1) {
      const chunk = await source.takeWithLength(chunkBytes + tagLength);
      isLast = await source.isDone();
      yield openChunk(key, start, chunk, ivOf(index, isLast));
    }
  } finally {
    await source.close();
  }
}

function openChunk(
  key: SecretBytes,
  start: Uint8Array,
  chunk: Uint8Array,
  iv: Uint8Array,
): Uint8Array {
  if (chunk.length < tagLength) {
    throw unreadable();
  }
  const options = { authTagLength: tagLength };
  const decipher = createDecipheriv(cipherName, key.reveal(), iv, options);
  decipher.setAAD(start);
  decipher.setAuthTag(chunk.subarray(chunk.length - tagLength));
  try {
    return concatBytes(
      decipher.update(chunk.subarray(0, chunk.length - tagLength)),
      decipher.final(),
    );
  } catch {
    throw unreadable();
  }
}

function ivOf(index: number, isLast: boolean): Uint8Array {
  return concatBytes(new Uint8Array(3), u64be(index), new Uint8Array([isLast ? 1 : 0]));
}
