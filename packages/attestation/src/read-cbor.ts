// SPDX-License-Identifier: Apache-2.0
/** CBOR of untrusted documents: one value, bounded, no key twice, no tags but those that the caller looks for. RFC 8949. */

import { decode, decodeSequence } from "cbor2";
import { malformed } from "./byte-reader.ts";

/** A map with its keys as they were: numbers, texts. */
export type CborMap = ReadonlyMap<unknown, unknown>;

const limits = { bytes: 65_536, depth: 8 } as const;

function readingRules() {
  return {
    ignoreGlobalTags: true,
    maxDepth: limits.depth,
    createObject: toMap,
    rejectFloats: true,
  } as const;
}

/** Keys are numbers and texts: of these nothing but the value counts, whichever of its lengths a key is spelled in. */
function toMap(pairs: readonly (readonly [unknown, unknown, ...unknown[]])[]): CborMap {
  const map = new Map(pairs.map(([key, value]) => [key, value]));
  const isLabel = (key: unknown) => ["number", "bigint", "string"].includes(typeof key);
  if (map.size !== pairs.length || ![...map.keys()].every(isLabel)) {
    throw malformed("a key of a cbor map is there twice, or is no label");
  }
  return map;
}

/** Decodes all of the bytes. @throws {StrongroomError} `EvidenceMalformed` if they are not one such value. */
export function readCbor(bytes: Uint8Array): unknown {
  return read(bytes, (whole) => decode(whole, readingRules()));
}

/** Decodes the first value of a buffer, and looks at nothing behind it. @throws {StrongroomError} as `readCbor` */
export function readFirstCbor(bytes: Uint8Array): unknown {
  return read(bytes, (whole) => {
    const { value, done } = decodeSequence(whole, readingRules()).next();
    if (done === true) {
      throw malformed("no cbor");
    }
    return value;
  });
}

function read(bytes: Uint8Array, decodeWhole: (bytes: Uint8Array) => unknown): unknown {
  if (bytes.length > limits.bytes) {
    throw malformed("cbor is too long");
  }
  try {
    return decodeWhole(bytes.slice());
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
