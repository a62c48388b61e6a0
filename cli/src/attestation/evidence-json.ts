// SPDX-License-Identifier: Apache-2.0
/** JSON in which tools put evidence: what of it spells bytes, whatever its names are, and what requests are wrapped around. */

import { gunzipSync } from "node:zlib";
import {
  decodeText,
  fromNumbers,
  ifWellFormed,
  isJsonObject,
  parseStrictJson,
  toBinary,
} from "@strongroom/attestation";
import { utf8 } from "@strongroom/core";

/** Bytes of JSON: certificates in lists of numbers take their room, and so does an event log beside a quote. */
const longest = 1_048_576;

/** Bytes that come out of compressed ones: no report or quote is longer. */
const longestInflated = 65_536;

const depth = 8;

/** The JSON that a file holds, as it is, compressed or in base64; undefined where it holds none. @throws {StrongroomError} `EvidenceMalformed` if it begins as JSON and is none. */
export function readEvidenceJson(file: Uint8Array): unknown {
  const bytes = inflate(toBinary(file));
  return isJsonText(bytes) ? parseStrictJson(bytes, longest) : undefined;
}

/** Every byte string that texts and lists of numbers spell, in the order of the JSON, and those in JSON that is in a text. */
export function* byteStrings(value: unknown, left: number = depth): Generator<Uint8Array> {
  const listed = fromNumbers(value);
  if (left === 0 || value === null) {
    return;
  }
  if (listed !== undefined && listed.length > 0) {
    yield listed;
  } else if (typeof value === "string") {
    const bytes = spelled(value);
    const json = isJsonText(bytes)
      ? ifWellFormed(() => parseStrictJson(bytes, longest))
      : undefined;
    yield* json === undefined ? [bytes] : byteStrings(json, left - 1);
  } else if (typeof value === "object") {
    for (const one of Object.values(value)) {
      yield* byteStrings(one, left - 1);
    }
  }
}

/**
 * The evidence in a request of Confidential Containers' agents to their key broker or attestation service; any other file
 * as it is.
 */
export function unwrapRequest(file: Uint8Array): Uint8Array {
  const json = ifWellFormed(() => readEvidenceJson(file));
  const inner = unwrap(json, depth);
  return inner === json ? file : utf8(JSON.stringify(inner));
}

function unwrap(value: unknown, left: number): unknown {
  if (!isJsonObject(value) || left === 0) {
    return value;
  }
  const inner = asJson(wrapped(value));
  return inner === undefined ? value : unwrap(inner, left - 1);
}

function wrapped(value: Readonly<Record<string, unknown>>): unknown {
  const requests = value["verification_requests"];
  if (Array.isArray(requests) && requests.length === 1) {
    return requests[0];
  }
  return (
    value["tee-evidence"] ??
    value["primary_evidence"] ??
    ("tee" in value ? value["evidence"] : undefined)
  );
}

/** An object, or the text of one. */
function asJson(value: unknown): unknown {
  const bytes = typeof value === "string" ? spelled(value) : new Uint8Array();
  const json = isJsonText(bytes) ? ifWellFormed(() => parseStrictJson(bytes, longest)) : value;
  return isJsonObject(json) ? json : undefined;
}

/** What a text spells; PEM, and text that spells nothing, is its own characters. */
function spelled(text: string): Uint8Array {
  return inflate(decodeText(text) ?? utf8(text));
}

function isJsonText(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 9 || byte > 13));
  return first === 0x7b || first === 0x5b;
}

/** RFC 1952. What is no such file, or a longer one, is left as it is. */
function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return bytes;
  }
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: longestInflated }));
  } catch {
    return bytes;
  }
}
