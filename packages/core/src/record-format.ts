// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of a record: everything durable that is not a value, authenticated under its scope's MAC key.
 *
 * body = 0x01 || canonical JSON. The digest covers scope, id and revision too, so that a row is genuine only in
 * its own place and at its own revision; that it is the newest is for the audit log to say.
 */

import { createHmac } from "node:crypto";
import { concatBytes, equalBytes, fromUtf8, sha256, utf8 } from "./bytes.ts";
import { deriveSubkey } from "./derive-subkey.ts";
import { StrongroomError } from "./errors.ts";
import { canonicalJson, type JsonValue } from "./json/canonical-json.ts";
import { parseJson } from "./json/parse-json.ts";

/** Where a record is: a vault's uid or `installation`, and its path in there. */
export interface RecordKey {
  readonly scope: string;
  readonly id: string;
}

/** One revision of a record as its row holds it. */
export interface RecordRow extends RecordKey {
  /** 1 for the first; each write adds one. */
  readonly revision: number;
  readonly body: Uint8Array;
  readonly mac: Uint8Array;
}

/** The scope of what belongs to no vault. */
export const installationScope = "installation";

const bodyVersion = 1;
const digestPrefix = utf8("strongroom/record/v1\0");
const macLabel = "strongroom/record-mac/v1";

/** The record MAC key of `scope`, derived from the scope's data key (32 bytes). */
export function recordMacKey(dataKey: Uint8Array, scope: string): Uint8Array<ArrayBuffer> {
  return deriveSubkey(dataKey, macLabel, utf8(scope));
}

/** SP 800-108 label and context of `scope`'s record MAC key, for a key that stays in the token. */
export function recordMacDerivation(scope: string): {
  readonly label: string;
  readonly context: Uint8Array;
} {
  return { label: macLabel, context: utf8(scope) };
}

/** Body bytes of a record's content. */
export function encodeRecordBody(content: JsonValue): Uint8Array<ArrayBuffer> {
  return concatBytes(new Uint8Array([bodyVersion]), canonicalJson(content));
}

/** Content of body bytes. @throws {StrongroomError} `StoreTampered` on an unknown version or no JSON. */
export function decodeRecordBody(body: Uint8Array): JsonValue {
  if (body[0] !== bodyVersion) {
    throw new StrongroomError("StoreTampered", "a record has an unknown format version");
  }
  try {
    return parseJson(fromUtf8(body.subarray(1))) as JsonValue;
  } catch (cause) {
    throw new StrongroomError("StoreTampered", "a record is not JSON", { cause });
  }
}

/** SHA-256 over everything that identifies one revision of a record; audit leaves name it. */
export function recordDigest(row: Omit<RecordRow, "mac">): Uint8Array<ArrayBuffer> {
  return sha256(recordInput(row));
}

/** MAC of a record: HMAC-SHA-256 over the same bytes as its digest. */
export function recordMac(
  macKey: Uint8Array,
  row: Omit<RecordRow, "mac">,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac("sha256", macKey).update(recordInput(row)).digest());
}

/**
 * Digest of a row that carries its authentic code.
 *
 * @throws {StrongroomError} `StoreTampered` unless the row's MAC is right for its place and revision.
 */
export function verifyRecord(macKey: Uint8Array, row: RecordRow): Uint8Array<ArrayBuffer> {
  const input = recordInput(row);
  const mac = createHmac("sha256", macKey).update(input).digest();
  if (!equalBytes(mac, row.mac)) {
    throw new StrongroomError("StoreTampered", "a record does not carry its authentic code");
  }
  return sha256(input);
}

// In one array, for this is computed for every row at every start.
function recordInput({ scope, id, revision, body }: Omit<RecordRow, "mac">): Uint8Array {
  const names = Buffer.byteLength(scope) + Buffer.byteLength(id);
  const input = Buffer.allocUnsafeSlow(digestPrefix.length + 4 + 4 + names + 8 + body.length);
  input.set(digestPrefix);
  let end = writeText(input, digestPrefix.length, scope);
  end = writeText(input, end, id);
  end = input.writeBigUInt64BE(BigInt(revision), end);
  input.set(body, end);
  return input;
}

/** Writes length and UTF-8 bytes of a text; answers where they end. */
function writeText(input: Buffer, start: number, text: string): number {
  const length = input.write(text, start + 4);
  input.writeUInt32BE(length, start);
  return start + 4 + length;
}
