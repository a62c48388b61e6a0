// SPDX-License-Identifier: Apache-2.0
/**
 * JSON of which every reader makes the same: no key twice, whole numbers only, nothing behind the end. Keeps the text of
 * each member, because signatures of TCB infos and identities are over bytes and not over values.
 */

import { malformed } from "../byte-reader.ts";
import { jsonDepth } from "./limits.ts";

/** A value; objects are maps, so that no name of theirs can be a property of ours. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** Members of an object by name. */
export type JsonObject = ReadonlyMap<string, JsonMember>;

/** A member: what it is, and the text it was written as. */
export interface JsonMember {
  readonly value: JsonValue;
  readonly text: string;
}

/** Parses a document. @throws {StrongroomError} `EvidenceMalformed` if it is none, or ambiguous. */
export function parseStrictJson(text: string): JsonValue {
  const scanner = new Scanner(text);
  const value = scanner.value(0);
  scanner.end();
  return value;
}

/** Whether a value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

const whitespace = /[ \t\n\r]*/y;
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const integer = /-?(?:0|[1-9]\d{0,14})(?![\d.eE])/y;
const word = /true|false|null/y;

class Scanner {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    if (depth > jsonDepth) {
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

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonMember>();
    this.#list("}", () => {
      const name = this.#string();
      this.#expect(":");
      this.#take(whitespace);
      const start = this.#offset;
      const value = this.value(depth + 1);
      if (members.has(name)) {
        throw malformed("a json member is there twice");
      }
      members.set(name, { value, text: this.#text.slice(start, this.#offset) });
    });
    return members;
  }

  #array(depth: number): readonly JsonValue[] {
    const values: JsonValue[] = [];
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

  #scalar(): JsonValue {
    const number = this.#take(integer);
    if (number !== undefined && number !== "-0") {
      return Number(number);
    }
    const name = this.#take(word);
    if (name === undefined) {
      throw malformed("json has a value that is none, or a number that is not whole");
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
