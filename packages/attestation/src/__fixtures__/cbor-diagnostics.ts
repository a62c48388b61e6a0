// SPDX-License-Identifier: Apache-2.0
/** Reads CBOR's diagnostic notation, as much of it as published claims are written in. RFC 8949, section 8. */

import { fromHex } from "@strongroom/core";
import { type CborValue, cbor } from "@strongroom/testing";

/** Punctuation, byte strings, texts, numbers; comments and white space between them are skipped. */
const token = /\s*(?:\/[^/]*\/\s*)*(<<|>>|[{}[\]:,]|h'[0-9A-Fa-f]*'|"[^"]*"|-?\d+)/y;

/** The value that the text describes. */
export function readDiagnostics(text: string): CborValue {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    tokens.push(match[1] ?? "");
  }
  return read(tokens.values());
}

type Tokens = IterableIterator<string>;

function read(tokens: Tokens, first: string = next(tokens)): CborValue {
  switch (first[0]) {
    case "{":
      return {
        pairs: list(tokens, "}", (key) => [read(tokens, key), after(tokens, ":")] as const),
      };
    case "[":
      return list(tokens, "]", (one) => read(tokens, one));
    case "<":
      return embedded(tokens);
    case "h":
      return fromHex(first.slice(2, -1).toLowerCase());
    case '"':
      return first.slice(1, -1);
    default:
      return Number(first);
  }
}

function list<T>(tokens: Tokens, end: string, readOne: (first: string) => T): readonly T[] {
  const found: T[] = [];
  for (let one = next(tokens); one !== end; one = next(tokens)) {
    if (one !== ",") {
      found.push(readOne(one));
    }
  }
  return found;
}

/** `<< … >>`: a byte string that holds the encoding of what is between. */
function embedded(tokens: Tokens): Uint8Array {
  const value = read(tokens);
  next(tokens);
  return cbor(value);
}

function after(tokens: Tokens, punctuation: string): CborValue {
  if (next(tokens) !== punctuation) {
    throw new TypeError(`no ${punctuation} where one should be`);
  }
  return read(tokens);
}

function next(tokens: Tokens): string {
  const { value, done } = tokens.next();
  if (done === true) {
    throw new TypeError("the text ends too early");
  }
  return value;
}
