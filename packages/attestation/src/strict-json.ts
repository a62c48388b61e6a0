// SPDX-License-Identifier: Apache-2.0
/** JSON that every reader reads alike: UTF-8, bounded, no name twice in an object. RFC 8259 section 4; RFC 7493. */

import { malformed } from "./byte-reader.ts";

/** An object as JSON has it, nothing of it checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

const limits = { bytes: 65_536, depth: 32 } as const;

/** Whether a value is an object and neither a list nor nothing. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param longest Bytes that are looked at.
 * @throws {StrongroomError} `EvidenceMalformed` if the bytes are not one such value.
 */
export function parseStrictJson(bytes: Uint8Array, longest: number = limits.bytes): unknown {
  if (bytes.length > longest) {
    throw malformed("json is too long");
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    assertUniqueNames(text);
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("not JSON that all readers read alike", cause);
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]/gu;

// JSON.parse keeps the last of two equal names and others the first: what was checked would not be what is used.
function assertUniqueNames(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token.startsWith('"')) {
      if (isName(text, index + token.length)) {
        addName(open.at(-1), JSON.parse(token));
      }
    } else {
      step(open, token);
    }
  }
}

function step(open: (Set<string> | undefined)[], token: string): void {
  if (token === "}" || token === "]") {
    open.pop();
    return;
  }
  if (open.length === limits.depth) {
    throw malformed("json is nested too deep");
  }
  open.push(token === "{" ? new Set() : undefined);
}

function isName(text: string, after: number): boolean {
  return /^[\t\n\r ]*:/u.test(text.slice(after, after + 64));
}

function addName(names: Set<string> | undefined, name: string): void {
  if (names === undefined || names.has(name) || name === "__proto__") {
    throw malformed("json has a name twice, or one that is none");
  }
  names.add(name);
}
