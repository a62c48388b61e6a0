// SPDX-License-Identifier: Apache-2.0
/**
 * JSON of which every reader makes the same: no name twice, nothing behind the end. Keeps the text of each member, because
 * some signatures are over bytes and not over values. RFC 8259; RFC 7493.
 */

import { malformed } from "./byte-reader.ts";

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

/** A string that means what it is, character by character: most are, and need no second reader. */
const plain = /"[ !#-[\]-\uffff]*"/y;
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const numbers = {
  whole: /-?(?:0|[1-9]\d{0,14})(?![\d.eE])/y,
  any: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.eE])/y,
} as const;
const word = /true|false|null/y;

class Scanner {
  readonly #text: string;
  readonly #rules: ScanRules;
  #offset = 0;
  #parts = 0;
  #values = 0;

  constructor(text: string, rules: ScanRules) {
    this.#text = text;
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
    this.#space();
    switch (this.#text[this.#offset]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  end(): void {
    this.#space();
    if (this.#offset !== this.#text.length) {
      throw malformed("text after the json's end");
    }
  }

  #object(depth: number): ScannedObject {
    const members = new Map<string, ScannedMember>();
    if (this.#opens("}")) {
      return members;
    }
    do {
      this.#space();
      const name = this.#string();
      this.#expect(":");
      this.#space();
      const start = this.#offset;
      const value = this.value(depth + 1);
      this.#count();
      if (members.has(name)) {
        throw malformed("a json member is there twice");
      }
      if (this.#rules.refusedNames.includes(name)) {
        throw malformed("a json member has a name that is none");
      }
      members.set(name, { value, text: this.#text.slice(start, this.#offset) });
    } while (this.#skip(","));
    this.#expect("}");
    return members;
  }

  #array(depth: number): readonly ScannedValue[] {
    const values: ScannedValue[] = [];
    if (this.#opens("]")) {
      return values;
    }
    do {
      values.push(this.value(depth + 1));
    } while (this.#skip(","));
    this.#expect("]");
    return values;
  }

  /** Steps into a list, and out of it again if nothing is in it. */
  #opens(close: string): boolean {
    this.#count();
    this.#offset += 1;
    return this.#skip(close);
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > limits.parts) {
      throw malformed("json has too many parts");
    }
  }

  #scalar(): ScannedValue {
    const number = this.#take(numbers[this.#rules.numbers]);
    if (number !== undefined && (number !== "-0" || this.#rules.numbers === "any")) {
      return Number(number);
    }
    const name = this.#take(word);
    if (name === undefined) {
      throw malformed("json has a value that is none, or a number of another form");
    }
    return name === "null" ? null : name === "true";
  }

  #string(): string {
    const simple = this.#take(plain);
    if (simple !== undefined) {
      return simple.slice(1, -1);
    }
    const literal = this.#take(string);
    if (literal === undefined) {
      throw malformed("json has a string that is none");
    }
    try {
      return JSON.parse(literal) as string;
    } catch (cause) {
      throw malformed("json has a string that is none", cause);
    }
  }

  #skip(character: string): boolean {
    this.#space();
    if (this.#text[this.#offset] !== character) {
      return false;
    }
    this.#offset += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skip(character)) {
      throw malformed(`json lacks ${character}`);
    }
  }

  /** Character by character, as there is white space, or none, before each of them. */
  #space(): void {
    while (isSpace(this.#text.charCodeAt(this.#offset))) {
      this.#offset += 1;
    }
  }

  // Without the list that a match is: there are many, and most are small.
  #take(pattern: RegExp): string | undefined {
    const start = this.#offset;
    pattern.lastIndex = start;
    if (!pattern.test(this.#text)) {
      return undefined;
    }
    this.#offset = pattern.lastIndex;
    return this.#text.slice(start, this.#offset);
  }
}

/** Space, tabulator, ends of lines. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
