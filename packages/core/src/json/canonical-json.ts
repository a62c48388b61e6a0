// SPDX-License-Identifier: Apache-2.0
/** Canonical JSON: one spelling of a value, for what is signed, MACed or hashed. RFC 8785. */

import { utf8 } from "../bytes.ts";
import { StrongroomError } from "../errors.ts";

/** What JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * UTF-8 bytes of the canonical spelling; members that are `undefined` are left out.
 *
 * @throws {StrongroomError} `Internal` on what has none: numbers that are not finite, halves of surrogate pairs
 * (RFC 8785 section 3.2.2.2), and objects of a class.
 */
export function canonicalJson(value: JsonValue): Uint8Array<ArrayBuffer> {
  return utf8(canonicalText(value));
}

/**
 * The canonical spelling itself.
 *
 * @throws {StrongroomError} `Internal`, as `canonicalJson` does.
 */
export function canonicalText(value: JsonValue): string {
  return isInOrder(value) ? JSON.stringify(value) : spell(value);
}

// Whether ECMAScript's own spelling is the canonical one: nothing to be sorted, nothing to be refused. Looking and then
// letting the engine spell takes a third of the time of spelling piece by piece.
function isInOrder(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return value.isWellFormed();
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object":
      return (
        value === null || (Array.isArray(value) ? areInOrder(value) : hasMembersInOrder(value))
      );
    default:
      return false;
  }
}

function areInOrder(values: readonly unknown[]): boolean {
  for (const value of values) {
    if (!isInOrder(value)) {
      return false;
    }
  }
  return true;
}

function hasMembersInOrder(object: object): boolean {
  if (!isPlain(object)) {
    return false;
  }
  let last: string | undefined;
  // Without a list of the names, as this is asked of every leaf. An inherited name is in neither spelling.
  for (const key in object) {
    const member: unknown = object[key as keyof typeof object];
    const isNext = last === undefined || last < key;
    if (!isNext || !key.isWellFormed() || (member !== undefined && !isInOrder(member))) {
      return false;
    }
    last = key;
  }
  return true;
}

// A class's instances have a prototype that has one.
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function spell(value: JsonValue): string {
  switch (typeof value) {
    case "string":
      return spellString(value);
    case "number":
      return spellNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) {
        return "null";
      }
      return Array.isArray(value)
        ? `[${value.map(spell).join(",")}]`
        : spellObject(value as { readonly [key: string]: JsonValue | undefined });
    default:
      throw unspeakable();
  }
}

// What needs no escape, which is most.
const plain = /^[ !#-[\]-~]*$/;

// Section 3.2.2.2 is what ECMAScript does, but for what is no Unicode.
function spellString(text: string): string {
  if (plain.test(text)) {
    return `"${text}"`;
  }
  if (!text.isWellFormed()) {
    throw unspeakable();
  }
  return JSON.stringify(text);
}

// Section 3.2.2.3 is ECMAScript's own spelling.
function spellNumber(number: number): string {
  if (!Number.isFinite(number)) {
    throw unspeakable();
  }
  return JSON.stringify(number);
}

// Section 3.2.3: members sorted by UTF-16 code units, which is how JavaScript sorts.
function spellObject(object: { readonly [key: string]: JsonValue | undefined }): string {
  if (!isPlain(object)) {
    throw unspeakable();
  }
  let members = "";
  for (const key of keysInOrder(object)) {
    const member = object[key];
    if (member !== undefined) {
      members += `${members === "" ? "" : ","}${spellString(key)}:${spell(member)}`;
    }
  }
  return `{${members}}`;
}

/** An object's names in the order of canonical JSON. */
export function keysInOrder(object: object): readonly string[] {
  const keys = Object.keys(object);
  // In place, one by one: objects are small, mostly in order already, and `sort` would copy each list of names twice.
  if (keys.length > manyKeys) {
    return keys.sort();
  }
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? "";
    let place = end;
    for (; place > 0 && (keys[place - 1] ?? "") > key; place -= 1) {
      keys[place] = keys[place - 1] ?? "";
    }
    keys[place] = key;
  }
  return keys;
}

/** Members beyond which sorting one by one takes too long. */
const manyKeys = 32;

function unspeakable(): StrongroomError {
  return new StrongroomError("Internal", "value has no JSON spelling");
}
