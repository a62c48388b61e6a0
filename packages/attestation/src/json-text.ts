// SPDX-License-Identifier: Apache-2.0
/** JSON's text as it is read, token by token. RFC 8259 sections 2 and 7. */

import { parseJson } from "@strongroom/core";
import { malformed } from "./byte-reader.ts";

/** A string that means what it is, character by character: most are, and need no second reader. */
const plain = /"[ !#-[\]-\uffff]*"/y;
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y;

/** A text and where its reader stands; what is not as expected is thrown as `EvidenceMalformed`. */
export class JsonText {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the reader stands. */
  get offset(): number {
    return this.#offset;
  }

  /** The character there, if the text goes on. */
  get next(): string | undefined {
    return this.#text[this.#offset];
  }

  /** The text from an earlier place to where the reader stands. */
  since(start: number): string {
    return this.#text.slice(start, this.#offset);
  }

  /** Steps over what `next` is. */
  step(): void {
    this.#offset += 1;
  }

  /** A string's value. */
  string(): string {
    const simple = this.take(plain);
    if (simple !== undefined) {
      return simple.slice(1, -1);
    }
    const literal = this.take(string);
    if (literal === undefined) {
      throw malformed("json has a string that is none");
    }
    try {
      return parseJson(literal) as string;
    } catch (cause) {
      throw malformed("json has a string that is none", cause);
    }
  }

  /** Steps over a character, and white space before it, if it is the next one. */
  skip(character: string): boolean {
    this.space();
    if (this.#text[this.#offset] !== character) {
      return false;
    }
    this.#offset += 1;
    return true;
  }

  /** The same where it has to be. */
  expect(character: string): void {
    if (!this.skip(character)) {
      throw malformed(`json lacks ${character}`);
    }
  }

  /** Character by character, as there is white space, or none, before each of them. */
  space(): void {
    while (isSpace(this.#text.charCodeAt(this.#offset))) {
      this.#offset += 1;
    }
  }

  // Without the list that a match is: there are many, and most are small.
  take(pattern: RegExp): string | undefined {
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
