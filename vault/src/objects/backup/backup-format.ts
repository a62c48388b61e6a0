// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of a backup.
 *
 * blob = 0x01 || u32 length || key blob || salt (32) || ciphertext || tag (16)
 * subkey = SP 800-108 counter mode, HMAC-SHA-256 (backup data key, "strongroom/backup/v1", salt)
 * AES-256-GCM, IV of 12 zero bytes: a subkey seals one backup. AAD = everything before the ciphertext.
 * plaintext = u32 length || canonical JSON || for each material: u32 length || bytes
 *
 * The key blob is the backup's data key, wrapped in the HSM: whoever has the security domain can open it, nobody else.
 */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import {
  canonicalJson,
  concatBytes,
  type DeriveSubkey,
  fromUtf8,
  type JsonValue,
  parseJson,
  SecretBytes,
  u32be,
} from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";

/** What is in a backup: records as JSON, and the material that they describe, in the same order. */
export interface BackupContent {
  readonly records: JsonValue;
  readonly materials: readonly Uint8Array[];
}

/** The parts of a blob whose content is still sealed. */
export interface SealedBackup {
  readonly keyBlob: Uint8Array;
  readonly salt: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
  /** Everything before the ciphertext. */
  readonly associated: Uint8Array;
}

const formatVersion = 1;
const saltLength = 32;
const tagLength = 16;
/** Longest blob of a data key in bytes. */
export const maxKeyBlobLength = 16_384;
/** Label of the subkeys of backups. */
export const backupLabel = "strongroom/backup/v1";
const iv = new Uint8Array(12);

/** Seals a backup under a data key that is wrapped as `keyBlob`. The caller still owns the materials. */
export async function sealBackup(
  keyBlob: Uint8Array,
  derive: DeriveSubkey,
  content: BackupContent,
): Promise<Uint8Array> {
  const salt = new Uint8Array(randomBytes(saltLength));
  using key = new SecretBytes(await derive(backupLabel, salt));
  using plain = new SecretBytes(encodeContent(content));
  const associated = concatBytes(
    new Uint8Array([formatVersion]),
    u32be(keyBlob.length),
    keyBlob,
    salt,
  );
  const cipher = createCipheriv("aes-256-gcm", key.reveal(), iv);
  cipher.setAAD(associated);
  const ciphertext = concatBytes(cipher.update(plain.reveal()), cipher.final());
  return concatBytes(associated, ciphertext, cipher.getAuthTag());
}

/** @throws {Refusal} `BadParameter` if these are not the bytes of a backup. */
export function parseBackup(blob: Uint8Array): SealedBackup {
  const keyLength = blob.length < 5 ? 0 : viewOf(blob).getUint32(1);
  const start = 5 + keyLength + saltLength;
  if (
    blob[0] !== formatVersion ||
    keyLength === 0 ||
    keyLength > maxKeyBlobLength ||
    blob.length < start + tagLength
  ) {
    throw unreadable();
  }
  return {
    keyBlob: blob.subarray(5, 5 + keyLength),
    salt: blob.subarray(5 + keyLength, start),
    ciphertext: blob.subarray(start, blob.length - tagLength),
    tag: blob.subarray(blob.length - tagLength),
    associated: blob.subarray(0, start),
  };
}

/** Opens a backup; the caller wipes the materials. @throws {Refusal} `BadParameter` if it was changed. */
export async function openBackup(
  sealed: SealedBackup,
  derive: DeriveSubkey,
): Promise<BackupContent> {
  using key = new SecretBytes(await derive(backupLabel, sealed.salt));
  const options = { authTagLength: tagLength };
  const decipher = createDecipheriv("aes-256-gcm", key.reveal(), iv, options);
  decipher.setAAD(sealed.associated);
  decipher.setAuthTag(sealed.tag);
  using plain = new SecretBytes(decipher.update(sealed.ciphertext));
  try {
    decipher.final();
  } catch {
    throw unreadable();
  }
  return decodeContent(plain.reveal());
}

/** The refusal of a blob that is not a backup of this security domain, or not as it was made. */
export function unreadable(): Refusal {
  return new Refusal(
    "BadParameter",
    "the backup is of another security domain, or is not as it was made",
  );
}

function encodeContent({ records, materials }: BackupContent): Uint8Array {
  const json = canonicalJson(records);
  return concatBytes(
    u32be(json.length),
    json,
    ...materials.flatMap((material) => [u32be(material.length), material]),
  );
}

function decodeContent(plain: Uint8Array): BackupContent {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < plain.length; ) {
    const length = viewOf(plain).getUint32(at);
    // A copy: a slice of a Buffer is a view.
    parts.push(new Uint8Array(plain.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  const [json = new Uint8Array(), ...materials] = parts;
  return { records: parseJson(fromUtf8(json)) as JsonValue, materials };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
