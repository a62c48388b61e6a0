// SPDX-License-Identifier: Apache-2.0
/** The one way to JSON of others: bounded in depth before the engine reads it. RFC 8259 section 9 lets a reader have such a bound. */

import type { JsonValue } from "./canonical-json.ts";

/**
 * Levels that a text may have. V8's reader goes down on the stack, and where malformed text ends it below the stack's end (some 4,500
 * levels, in 8 KB) it frees memory that is in use. No format that is read here has above 100 levels.
 */
export const deepest = 512;

/** A text that is nested too deep to be looked at. Its message says nothing of the text, unlike the engine's of malformed JSON. */
export class JsonTooDeep extends SyntaxError {
  constructor(levels: number) {
    super(`nested deeper than ${levels} levels`);
  }
}

/**
 * What `JSON.parse` makes of a text.
 *
 * @param levels What this kind of text may have, at most 512.
 * @throws {SyntaxError} if it is no JSON; `JsonTooDeep` if it has more levels.
 */
export function parseJson(text: string, levels = deepest): unknown {
  if (isDeeperThan(text, levels)) {
    throw new JsonTooDeep(levels);
  }
  // biome-ignore lint/plugin: this is the place.
  return JSON.parse(text);
}

/** The same, and `undefined` for a text that is no JSON: just another form that no schema accepts. */
export function parseJsonIfAny(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** A value as it is written: members that are absent and members that are `undefined` are the same. */
export function toJsonValue(value: object): JsonValue {
  return parseJson(JSON.stringify(value)) as JsonValue;
}

/** Whether a text, well formed or not, opens more lists and objects in each other than so many. */
export function isDeeperThan(text: string, levels: number): boolean {
  // Most texts are shorter than they would have to be.
  if (text.length <= levels) {
    return false;
  }
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else {
      depth += stepOf(code);
      if (depth > levels) {
        return true;
      }
    }
  }
  return false;
}

const quote = 0x22;

/** Levels that a character goes down: an opening bracket one, a closing one back. */
function stepOf(code: number): -1 | 0 | 1 {
  switch (code) {
    case 0x5b:
    case 0x7b:
      return 1;
    case 0x5d:
    case 0x7d:
      return -1;
    default:
      return 0;
  }
}

/** Index of the quotation mark that ends the string beginning at `start`, or the text's length: strings may have megabytes. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end < 0 ? text.length : end;
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === "\\") {
    first -= 1;
  }
  return (at - first) % 2 === 1;
}
