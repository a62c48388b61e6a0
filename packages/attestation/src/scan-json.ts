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

const whitespace = /[ \t\n\r]*/y;
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

  constructor(text: string, rules: ScanRules) {
    this.#text = text;
    this.#rules = rules;
  }

  value(depth: number): ScannedValue {
    if (depth > this.#rules.depth) {
      throw malformed("json is nested too deep");
    }
    this.#take(whitespace);
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
    this.#take(whitespace);
    if (this.#offset !== this.#text.length) {
      throw malformed("text after the json's end");
    }
  }

  #object(depth: number): ScannedObject {
    const members = new Map<string, ScannedMember>();
    this.#list("}", () => {
      const name = this.#string();
      this.#expect(":");
      this.#take(whitespace);
      const start = this.#offset;
      const value = this.value(depth + 1);
      if (members.has(name)) {
        throw malformed("a json member is there twice");
      }
      if (this.#rules.refusedNames.includes(name)) {
        throw malformed("a json member has a name that is none");
      }
      members.set(name, { value, text: this.#text.slice(start, this.#offset) });
    });
    return members;
  }

  #array(depth: number): readonly ScannedValue[] {
    const values: ScannedValue[] = [];
    this.#list("]", () => values.push(this.value(depth + 1)));
    return values;
  }

  #list(close: string, read: () => void): void {
    this.#offset += 1;
    if (this.#skip(close)) {
      return;
    }
    do {
      this.#take(whitespace);
      read();
    } while (this.#skip(","));
    this.#expect(close);
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
    this.#take(whitespace);
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

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text)?.[0];
    this.#offset += match?.length ?? 0;
    return match;
  }
}
