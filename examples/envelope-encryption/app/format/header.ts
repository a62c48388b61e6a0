// SPDX-License-Identifier: Apache-2.0
/**
 * How a sealed file begins: `0x01 | u32 length | JSON of the wrapped data key | salt (32)`. Nothing of it is secret, and none of
 * it can be changed: the file's own key is derived from all of it.
 */

import { createHash, hkdfSync } from "node:crypto";
import type { ByteSource } from "./byte-source.ts";

/** A data key as the vault unwraps it again: `value` is base64url, `kid` names the version of the key that wrapped it. */
export interface WrappedKey {
  readonly alg: "RSA-OAEP-256";
  readonly kid: string;
  readonly value: string;
}

/** A header, and the bytes that it was or will be. */
export interface Header {
  readonly bytes: Uint8Array;
  readonly wrapped: WrappedKey;
}

const version = 1;
const prefixLength = 5;
/** Bytes of the salt: each file has its own key, so that no two files share a nonce. */
export const saltLength = 32;
/** Bytes of the JSON: an RSA-4096 key's wrapping and an id have below 1,300. */
const maxJsonLength = 4_096;

/** The header of a file. */
export function makeHeader(wrapped: WrappedKey, salt: Uint8Array): Header {
  const { alg, kid, value } = wrapped;
  const json = Buffer.from(JSON.stringify({ alg, kid, value }));
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt8(version);
  prefix.writeUInt32BE(json.length, 1);
  return { bytes: Buffer.concat([prefix, json, salt]), wrapped };
}

/** Reads a header and leaves the source where the chunks begin. @throws {Error} if there is none. */
export async function readHeader(source: ByteSource): Promise<Header> {
  const prefix = Buffer.from(await source.take(prefixLength));
  const length = prefix.length === prefixLength ? prefix.readUInt32BE(1) : 0;
  if (prefix[0] !== version || length === 0 || length > maxJsonLength) {
    throw new Error("this is no sealed file");
  }
  const rest = Buffer.from(await source.take(length + saltLength));
  if (rest.length < length + saltLength) {
    throw new Error("the end is missing: the file is cut in its header");
  }
  const json = rest.subarray(0, length).toString();
  return { bytes: Buffer.concat([prefix, rest]), wrapped: parseWrappedKey(json) };
}

/** The key of a file's chunks: HKDF with SHA-256 (RFC 5869) of the data key, by the file's salt and its whole header. */
export function deriveFileKey(dataKey: Uint8Array, { bytes }: Header): Uint8Array {
  const salt = bytes.subarray(bytes.length - saltLength);
  const info = Buffer.concat([Buffer.from("strongroom example envelope v1\0"), bytes]);
  return new Uint8Array(hkdfSync("sha256", dataKey, salt, hash(info), 32));
}

// OpenSSL takes 1,024 bytes of `info` at most.
function hash(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

function parseWrappedKey(json: string): WrappedKey {
  try {
    const { alg, kid, value } = JSON.parse(json) as Partial<Record<keyof WrappedKey, unknown>>;
    if (alg === "RSA-OAEP-256" && typeof kid === "string" && typeof value === "string") {
      return { alg, kid, value };
    }
  } catch {
    // Said below.
  }
  throw new Error("the file's header names no wrapped key");
}
