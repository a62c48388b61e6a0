// SPDX-License-Identifier: Apache-2.0
/** JSON and CBOR in which tools put evidence: what of it is bytes, whatever its names are, and what requests are wrapped around. */

import { gunzipSync } from "node:zlib";
import {
  decodeText,
  fromNumbers,
  ifWellFormed,
  isBytes,
  isCborMap,
  isJsonObject,
  parseStrictJson,
  readCbor,
  toBinary,
} from "@strongroom/attestation";
import { utf8 } from "@strongroom/core";

/** Bytes of JSON: certificates in lists of numbers take their room, and so does an event log beside a quote. */
const longest = 1_048_576;

/** Bytes that come out of compressed ones: no report or quote is longer. */
const longestInflated = 65_536;

const depth = 8;

/** How many compressed byte strings of one file may still be looked into: each may be a thousand times as long. */
interface Budget {
  inflations: number;
}

const budgetOfFile = (): Budget => ({ inflations: 16 });

/**
 * The JSON that a file holds, as it is, compressed or in base64, or its map of CBOR; undefined where it holds neither.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it begins as JSON and is none.
 */
export function readStructured(file: Uint8Array, budget: Budget = budgetOfFile()): unknown {
  const bytes = inflate(toBinary(file), budget);
  return isJsonText(bytes) ? parseStrictJson(bytes, longest) : readMap(bytes);
}

/** Every byte string in the order of JSON or CBOR, those that texts and lists of numbers spell, and those in JSON or CBOR that is in one of these. */
export function byteStrings(value: unknown): Generator<Uint8Array> {
  return walk(value, depth, budgetOfFile());
}

/** Characters of a text that can spell no report, quote, certificate or log: JSON may have a hundred thousand of them. */
const longestWord = 64;

function* walk(value: unknown, left: number, budget: Budget): Generator<Uint8Array> {
  const isWord = typeof value === "string" && value.length <= longestWord;
  if (left === 0 || value === null || isWord) {
    return;
  }
  const bytes = toBytes(value, budget);
  if (bytes !== undefined) {
    const inner = ifWellFormed(() => readStructured(bytes, budget));
    yield* inner === undefined ? [bytes] : walk(inner, left - 1, budget);
  } else if (typeof value === "object") {
    const members = isCborMap(value) ? value.values() : Object.values(value);
    for (const one of members) {
      yield* walk(one, left - 1, budget);
    }
  }
}

function toBytes(value: unknown, budget: Budget): Uint8Array | undefined {
  if (isBytes(value) || typeof value === "string") {
    return typeof value === "string" ? spelled(value, budget) : inflate(value, budget);
  }
  const listed = fromNumbers(value);
  return listed?.length === 0 ? undefined : listed;
}

/** CBOR's major type of maps, in the upper three bits. RFC 8949, section 3.1. */
const mapType = 5;

function readMap(bytes: Uint8Array): unknown {
  return (bytes[0] ?? 0) >> 5 === mapType ? ifWellFormed(() => readCbor(bytes)) : undefined;
}

/**
 * The evidence in a request of Confidential Containers' agents to their key broker or attestation service; any other file
 * as it is.
 */
export function unwrapRequest(file: Uint8Array): Uint8Array {
  const json = ifWellFormed(() => readStructured(file));
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
  const bytes = typeof value === "string" ? spelled(value, budgetOfFile()) : new Uint8Array();
  const json = isJsonText(bytes) ? ifWellFormed(() => parseStrictJson(bytes, longest)) : value;
  return isJsonObject(json) ? json : undefined;
}

/** What a text spells; PEM, and text that spells nothing, is its own characters. */
function spelled(text: string, budget: Budget): Uint8Array {
  return inflate(decodeText(text) ?? utf8(text), budget);
}

function isJsonText(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 9 || byte > 13));
  return first === 0x7b || first === 0x5b;
}

/** RFC 1952. What is no such file, or a longer one, is left as it is. */
function inflate(bytes: Uint8Array, budget: Budget): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || budget.inflations === 0) {
    return bytes;
  }
  budget.inflations -= 1;
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: longestInflated }));
  } catch {
    return bytes;
  }
}
