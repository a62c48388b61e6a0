// SPDX-License-Identifier: Apache-2.0
/**
 * JSON of which every reader makes the same: no name twice, nothing behind the end. Keeps the text of each member, because
 * some signatures are over bytes and not over values. RFC 8259; RFC 7493.
 */

import { malformed } from "./byte-reader.ts";
import { JsonText } from "./json-text.ts";

/** A value; objects are maps, so that no name of theirs can be a property of ours. */
export type ScannedValue =
  | string
  | number
  | boolean
  | null
  | readonly ScannedValue[]
  | ScannedObject;

/** Members of an object by name. */
export type ScannedObject = ReadonlyMap<string, ScannedMember>;

/** A member: what it is, and the text it was written as. */
export interface ScannedMember {
  readonly value: ScannedValue;
  readonly text: string;
}

/** What a kind of document may have. */
export interface ScanRules {
  readonly numbers: "whole" | "any";
  /** Nested values. */
  readonly depth: number;
  /** Names that no object may have. */
  readonly refusedNames: readonly string[];
}

/** Scans a document. @throws {StrongroomError} `EvidenceMalformed` if it is none, ambiguous, or against the rules. */
export function scanJson(text: string, rules: ScanRules): ScannedValue {
  const scanner = new Scanner(text, rules);
  const value = scanner.value(0);
  scanner.end();
  return value;
}

/** Whether a value is an object. */
export function isScannedObject(value: ScannedValue | undefined): value is ScannedObject {
  return value instanceof Map;
}

/**
 * Lists, objects and members of one document, which take long: what 64 KiB can have, and more than any has that is read here.
 * Values of all kinds: an event log of 256 KiB as a list of its bytes.
 */
const limits = { parts: 32_768, values: 262_144 } as const;

const numbers = {
  whole: /-?(?:0|[1-9]\d{0,14})(?![\d.eE])/y,
  any: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.eE])/y,
} as const;
const word = /true|false|null/y;

class Scanner {
  readonly #text: JsonText;
  readonly #rules: ScanRules;
  #parts = 0;
  #values = 0;

  constructor(text: string, rules: ScanRules) {
    this.#text = new JsonText(text);
    this.#rules = rules;
  }

  value(depth: number): ScannedValue {
    if (depth > this.#rules.depth) {
      throw malformed("json is nested too deep");
    }
    this.#values += 1;
    if (this.#values > limits.values) {
      throw malformed("json has too many values");
    }
    this.#text.space();
    switch (this.#text.next) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#text.string();
      default:
        return this.#scalar();
    }
  }

  end(): void {
    this.#text.space();
    if (this.#text.next !== undefined) {
      throw malformed("text after the json's end");
    }
  }

  #object(depth: number): ScannedObject {
    const members = new Map<string, ScannedMember>();
    if (this.#opens("}")) {
      return members;
    }
    do {
      this.#text.space();
      const name = this.#text.string();
      this.#text.expect(":");
      this.#text.space();
      const start = this.#text.offset;
      const value = this.value(depth + 1);
      this.#count();
      if (members.has(name)) {
        throw malformed("a json member is there twice");
      }
      if (this.#rules.refusedNames.includes(name)) {
        throw malformed("a json member has a name that is none");
      }
      members.set(name, { value, text: this.#text.since(start) });
    } while (this.#text.skip(","));
    this.#text.expect("}");
    return members;
  }

  #array(depth: number): readonly ScannedValue[] {
    const values: ScannedValue[] = [];
    if (this.#opens("]")) {
      return values;
    }
    do {
      values.push(this.value(depth + 1));
    } while (this.#text.skip(","));
    this.#text.expect("]");
    return values;
  }

  /** Steps into a list, and out of it again if nothing is in it. */
  #opens(close: string): boolean {
    this.#count();
    this.#text.step();
    return this.#text.skip(close);
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > limits.parts) {
      throw malformed("json has too many parts");
    }
  }

  #scalar(): ScannedValue {
    const number = this.#text.take(numbers[this.#rules.numbers]);
    if (number !== undefined && (number !== "-0" || this.#rules.numbers === "any")) {
      return Number(number);
    }
    const name = this.#text.take(word);
    if (name === undefined) {
      throw malformed("json has a value that is none, or a number of another form");
    }
    return name === "null" ? null : name === "true";
  }
}
