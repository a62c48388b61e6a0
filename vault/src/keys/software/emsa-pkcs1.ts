// SPDX-License-Identifier: Apache-2.0
/** EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): what an RS signature holds, from a digest or, for RSNULL, from any bytes. */

import { concatBytes, StrongroomError } from "@strongroom/core";
import type { HashName } from "../algorithms.ts";

/** DigestInfo up to the digest itself, by hash: RFC 8017 section 9.2, note 1. */
const digestInfoPrefixes: Readonly<Record<HashName, readonly number[]>> = {
  sha1: [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14],
  sha256: sha2Prefix(0x31, 0x01, 0x20),
  sha384: sha2Prefix(0x41, 0x02, 0x30),
  sha512: sha2Prefix(0x51, 0x03, 0x40),
};

/** Bytes that the padding takes at least: 00 01, eight times FF, 00. */
const leastPadding = 11;

/** DigestInfo of a digest, DER. */
export function digestInfo(hash: HashName, digest: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(new Uint8Array(digestInfoPrefixes[hash]), digest);
}

/** The padded block of `length` bytes. @throws {StrongroomError} `BadParameter` if `content` is too long for it. */
export function encodePkcs1(content: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const padding = length - content.length - 3;
  if (content.length === 0 || content.length > length - leastPadding) {
    throw new StrongroomError("BadParameter", "the value does not fit the key");
  }
  const filled = new Uint8Array(padding).fill(0xff);
  return concatBytes(new Uint8Array([0, 1]), filled, new Uint8Array([0]), content);
}

function sha2Prefix(length: number, identifier: number, digestLength: number): readonly number[] {
  const algorithm = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, identifier];
  return [0x30, length, 0x30, 0x0d, 0x06, 0x09, ...algorithm, 0x05, 0x00, 0x04, digestLength];
}
