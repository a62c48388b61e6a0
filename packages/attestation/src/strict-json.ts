// SPDX-License-Identifier: Apache-2.0
/** JSON that every reader reads alike: UTF-8, bounded, no name twice in an object. RFC 8259 section 4; RFC 7493. */

import { fromUtf8, parseJson } from "@strongroom/core";
import { malformed } from "./byte-reader.ts";
import { scanJson } from "./scan-json.ts";

/** An object as JSON has it, nothing of it checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bytes, unless a caller says otherwise. */
const usual = 65_536;

/** `JSON.parse` keeps the last of two equal names and others the first; `__proto__` is a name that some objects inherit by. */
function rulesOfNames() {
  return { numbers: "any", depth: 32, refusedNames: ["__proto__"] } as const;
}

/** Whether a value is an object and neither a list nor nothing. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param longest Bytes that are looked at.
 * @throws {StrongroomError} `EvidenceMalformed` if the bytes are not one such value.
 */
export function parseStrictJson(bytes: Uint8Array, longest: number = usual): unknown {
  if (bytes.length > longest) {
    throw malformed("json is too long");
  }
  try {
    const text = fromUtf8(bytes);
    scanJson(text, rulesOfNames());
    return parseJson(text);
  } catch (cause) {
    throw malformed("not JSON that all readers read alike", cause);
  }
}
