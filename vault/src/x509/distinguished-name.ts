// SPDX-License-Identifier: Apache-2.0
/** Distinguished names as text and as bytes. RFC 4514; quoted values of RFC 2253 are taken, as Windows writes them. */

import { isStrongroomError, StrongroomError } from "@strongroom/core";
import { encodeAttribute, findAttributeType } from "./attribute-types.ts";
import { type Der, sequence, setOf } from "./der.ts";

/** Characters of a name as text, at most: far more than any that TLS software takes. */
const maxNameLength = 2_048;
/** Attributes of one name, at most. */
const maxAttributes = 64;

/** One attribute as it was written. */
interface WrittenAttribute {
  readonly type: string;
  readonly value: string;
}

/**
 * The DER of a name that is written as text; empty text is the empty name.
 *
 * The text begins with the most specific part and the bytes end with it.
 * @throws {StrongroomError} `BadParameter` if it is no distinguished name, or has an attribute that is not known here.
 */
export function encodeDistinguishedName(text: string): Der {
  return sequence(
    ...parseDistinguishedName(text)
      .toReversed()
      .map((parts) =>
        setOf(...parts.map(({ type, value }) => encodeAttribute(findAttributeType(type), value))),
      ),
  );
}

/** Whether text is a name that can be encoded. */
export function isDistinguishedName(text: string): boolean {
  try {
    return encodeDistinguishedName(text).length > 0;
  } catch (error) {
    if (isStrongroomError(error, "BadParameter")) {
      return false;
    }
    throw error;
  }
}

/** Values of an attribute (by its short name) of a name that is written as text. */
export function attributeValues(text: string, shortName: string): readonly string[] {
  const wanted = findAttributeType(shortName).oid;
  return parseDistinguishedName(text)
    .flat()
    .filter(({ type }) => findAttributeType(type).oid === wanted)
    .map(({ value }) => value);
}

function parseDistinguishedName(text: string): readonly (readonly WrittenAttribute[])[] {
  if (text.length > maxNameLength) {
    throw malformed();
  }
  const names: WrittenAttribute[][] = [];
  let part: WrittenAttribute[] = [];
  let rest = text.trimStart();
  for (let count = 0; rest !== ""; count += 1) {
    const { attribute, end } = readAttribute(rest);
    part.push(attribute);
    const separator = rest[end] ?? "";
    if (separator !== "+") {
      names.push(part);
      part = [];
    }
    rest = rest.slice(end + 1).trimStart();
    if (count > maxAttributes || (separator !== "" && rest === "")) {
      throw malformed();
    }
  }
  return names;
}

/** Reads `TYPE=VALUE`; `end` is the place of the separator behind it. */
function readAttribute(text: string): {
  readonly attribute: WrittenAttribute;
  readonly end: number;
} {
  const head = /^([A-Za-z][\w.-]*|\d[\d.]*)\s*=[ ]*/.exec(text);
  const type = head?.[1];
  if (head === null || type === undefined) {
    throw malformed();
  }
  const { value, end } = readValue(text, head[0].length);
  return { attribute: { type, value }, end };
}

interface ReadValue {
  readonly value: string;
  readonly end: number;
}

function readValue(text: string, start: number): ReadValue {
  return text[start] === '"' ? readQuoted(text, start + 1) : readPlain(text, start);
}

function readQuoted(text: string, start: number): ReadValue {
  const body = /^((?:[^"\\]|\\[\s\S])*)"[ ]*(?=[,;+]|$)/.exec(text.slice(start));
  if (body === null) {
    throw malformed();
  }
  return { value: unescapeValue(body[1] ?? ""), end: start + body[0].length };
}

function readPlain(text: string, start: number): ReadValue {
  const body = /^(?:[^,;+"\\<>]|\\[\s\S])*/.exec(text.slice(start))?.[0] ?? "";
  const end = start + body.length;
  const next = text[end];
  // A "#" begins the hexadecimal form of a value of unknown type, which nobody could check.
  if ((next !== undefined && !",;+".includes(next)) || body.startsWith("#")) {
    throw malformed();
  }
  const trimmed = /^(?:[^\\ ]|\\[\s\S]|[ ]+(?=[^ ]))*/.exec(body)?.[0] ?? "";
  return { value: unescapeValue(trimmed), end };
}

/** Undoes `\` before a special character, and `\hh` for each byte of UTF-8. RFC 4514 section 3. */
function unescapeValue(text: string): string {
  return text.replace(/(?:\\[0-9A-Fa-f]{2})+|\\([\s\S])/g, (match, single: string | undefined) => {
    if (single === undefined) {
      return decodeUtf8(match);
    }
    if (!' "#+,;<=>\\'.includes(single)) {
      throw malformed();
    }
    return single;
  });
}

function decodeUtf8(escapes: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(escapes.replaceAll("\\", ""), "hex"),
    );
  } catch (cause) {
    throw new StrongroomError("BadParameter", "a distinguished name is not UTF-8", { cause });
  }
}

function malformed(): StrongroomError {
  return new StrongroomError("BadParameter", "not a distinguished name as RFC 4514 writes it");
}
