// SPDX-License-Identifier: Apache-2.0
/**
 * Documents of XML 1.0 with namespaces, of a part that has one reading: no DTD, and so no entities but the five that have no
 * declaration, no comments, instructions, CDATA or `xml:` attributes. What is signed is read from the tree that is made here.
 */

import { malformed } from "../byte-reader.ts";
import { xmlLimits } from "./limits.ts";
import { bindNames, type Scope, type XmlAttribute } from "./xml-names.ts";

/** An element, and the text and elements in it. */
export interface XmlElement {
  /** As it is written, with its prefix. */
  readonly name: string;
  /** Without its prefix. */
  readonly local: string;
  /** Empty where it has none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Namespaces that are in force within it, by prefix. */
  readonly scope: Scope;
  readonly children: readonly (XmlElement | string)[];
}

const name = "[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?";

const token = {
  declaration:
    /<\?xml[ \t\n]+version=(["'])1\.0\1(?:[ \t\n]+encoding=(["'])utf-8\2)?(?:[ \t\n]+standalone=(["'])(?:yes|no)\3)?[ \t\n]*\?>/iy,
  space: /[ \t\n]*/y,
  open: new RegExp(`<(${name})`, "y"),
  attribute: new RegExp(`[ \\t\\n]+(${name})[ \\t\\n]*=[ \\t\\n]*(?:"([^"<]*)"|'([^'<]*)')`, "y"),
  openEnd: /[ \t\n]*(\/?)>/y,
  close: new RegExp(`</(${name})[ \\t\\n]*>`, "y"),
  text: /[^<]+/y,
} as const;

/** XML 1.0 production 2. */
const character = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** @throws {StrongroomError} `EvidenceMalformed` if the bytes are no such document. */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > xmlLimits.bytes) {
    throw malformed("xml is too long");
  }
  const cursor = new Cursor(decode(bytes));
  cursor.take(token.declaration);
  cursor.take(token.space);
  const root = readElement(cursor, new Map(), 1);
  cursor.take(token.space);
  if (!cursor.isAtEnd) {
    throw malformed("xml has something behind its root");
  }
  return root;
}

/** Text with the line ends that section 2.11 makes of all. */
function decode(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (!character.test(text)) {
    throw malformed("xml has a character that may not be");
  }
  return text.replaceAll(/\r\n?/gu, "\n");
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed("xml is not in utf-8", cause);
  }
}

function readElement(cursor: Cursor, outer: Scope, depth: number): XmlElement {
  const opened = cursor.take(token.open)?.[1];
  cursor.elements += 1;
  if (opened === undefined || depth > xmlLimits.depth || cursor.elements > xmlLimits.elements) {
    throw malformed("xml has no element where one is expected, or too many");
  }
  const bound = bindNames(opened, readAttributes(cursor), outer);
  const end = cursor.take(token.openEnd);
  if (end === undefined) {
    throw malformed("a tag of xml has no end");
  }
  const children = end[1] === "/" ? [] : readChildren(cursor, opened, bound.scope, depth);
  return { name: opened, ...bound, children };
}

function readAttributes(cursor: Cursor): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (let found = cursor.take(token.attribute); found; found = cursor.take(token.attribute)) {
    const [, attribute = "", double, single] = found;
    if (attributes.has(attribute) || attributes.size === xmlLimits.attributes) {
      throw malformed("an element has an attribute twice, or too many");
    }
    // Section 3.3.3: white space that is written as such is a space.
    const written = (double ?? single ?? "").replaceAll(/[\t\n]/gu, " ");
    attributes.set(attribute, resolveReferences(written));
  }
  return attributes;
}

function readChildren(
  cursor: Cursor,
  opened: string,
  scope: Scope,
  depth: number,
): XmlElement["children"] {
  const children: (XmlElement | string)[] = [];
  for (;;) {
    const text = cursor.take(token.text)?.[0];
    if (text?.includes("]]>") === true) {
      throw malformed("xml has the end of a section where none is");
    }
    children.push(...(text === undefined ? [] : [resolveReferences(text)]));
    const closed = cursor.take(token.close);
    if (closed?.[1] === opened) {
      return children;
    }
    if (closed !== undefined) {
      throw malformed("an element of xml ends with another's name");
    }
    children.push(readElement(cursor, scope, depth + 1));
  }
}

/** Section 4.6, the entities that need no declaration. */
const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function resolveReferences(written: string): string {
  return written.replaceAll(/&([^;&]{1,8};)?/gu, (_, reference: string | undefined) => {
    const named = reference?.slice(0, -1) ?? "";
    const [, decimal, hexadecimal] = /^#(?:(\d+)|x([0-9A-Fa-f]+))$/u.exec(named) ?? [];
    const digits = decimal ?? (hexadecimal === undefined ? undefined : `0x${hexadecimal}`);
    const resolved = digits === undefined ? entities.get(named) : toCharacter(Number(digits));
    if (resolved === undefined) {
      throw malformed("xml refers to an entity");
    }
    return resolved;
  });
}

function toCharacter(code: number): string | undefined {
  const isOne = code <= 0x10ffff && character.test(String.fromCodePoint(code));
  return isOne ? String.fromCodePoint(code) : undefined;
}

/** Where in the text the reader is. */
class Cursor {
  elements = 0;
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#text.length;
  }

  /** What the pattern, a sticky one, finds here; the reader is then behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text);
    this.#offset += found?.[0].length ?? 0;
    return found ?? undefined;
  }
}
