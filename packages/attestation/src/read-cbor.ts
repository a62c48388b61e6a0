// SPDX-License-Identifier: Apache-2.0
/** CBOR of untrusted documents: one value, bounded, no key twice, no tags but those that the caller looks for. RFC 8949. */

import { decode } from "cbor2";
import { malformed } from "./byte-reader.ts";

/** A map with its keys as they were: numbers, texts. */
export type CborMap = ReadonlyMap<unknown, unknown>;

const limits = { bytes: 65_536, depth: 8 } as const;

/** Decodes all of the bytes. @throws {StrongroomError} `EvidenceMalformed` if they are not one such value. */
export function readCbor(bytes: Uint8Array): unknown {
  if (bytes.length > limits.bytes) {
    throw malformed("cbor is too long");
  }
  try {
    return decode(bytes.slice(), {
      ignoreGlobalTags: true,
      maxDepth: limits.depth,
      preferMap: true,
      rejectDuplicateKeys: true,
      rejectFloats: true,
    });
  } catch (cause) {
    throw malformed("not cbor of the expected kind", cause);
  }
}

/** Whether a value is a byte string. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** Whether a value is a map. */
export function isCborMap(value: unknown): value is CborMap {
  return value instanceof Map;
}
