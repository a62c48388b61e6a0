// SPDX-License-Identifier: Apache-2.0
/** Reads members of signed JSON by name and type. Intel PCS API version 4, data structures. */

import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isScannedObject, type ScannedObject, type ScannedValue } from "../scan-json.ts";

/** An object member. @throws {StrongroomError} `EvidenceMalformed` if it is missing or of another type; so all here. */
export function objectField(object: ScannedObject, name: string): ScannedObject {
  return toObject(object.get(name)?.value, name);
}

/** An array of objects with at most `limit` of them. */
export function objectsField(object: ScannedObject, name: string, limit: number) {
  const value = object.get(name)?.value;
  if (!Array.isArray(value) || value.length > limit) {
    throw malformed(`${name} is no list, or too long`);
  }
  return (value as readonly ScannedValue[]).map((one) => toObject(one, name));
}

/** A whole number of 0 to `most`. */
export function integerField(object: ScannedObject, name: string, most: number): number {
  const value = object.get(name)?.value;
  if (typeof value !== "number" || value < 0 || value > most) {
    throw malformed(`${name} is no number of 0 to ${most}`);
  }
  return value;
}

/** A string. */
export function textField(object: ScannedObject, name: string): string {
  const value = object.get(name)?.value;
  if (typeof value !== "string") {
    throw malformed(`${name} is no string`);
  }
  return value;
}

/** Exactly `length` bytes in hexadecimal. */
export function hexField(object: ScannedObject, name: string, length: number): Uint8Array {
  const value = textField(object, name);
  if (!/^[0-9a-fA-F]*$/.test(value) || value.length !== length * 2) {
    throw malformed(`${name} is not ${length} bytes in hexadecimal`);
  }
  return fromHex(value);
}

/** An instant as `2025-05-27T19:25:02Z`; no other spelling, and no date that the calendar lacks. */
export function instantField(object: ScannedObject, name: string): Date {
  const value = textField(object, name);
  const instant = new Date(value);
  const isInstant = !Number.isNaN(instant.getTime());
  if (!isInstant || instant.toISOString().replace(".000Z", "Z") !== value) {
    throw malformed(`${name} is no instant`);
  }
  return instant;
}

/** Strings, or none where the member is missing. */
export function optionalTexts(
  object: ScannedObject,
  name: string,
  limit: number,
): readonly string[] {
  const value = object.get(name)?.value ?? [];
  if (!Array.isArray(value) || value.length > limit) {
    throw malformed(`${name} is no list, or too long`);
  }
  return (value as readonly ScannedValue[]).map((one) => {
    if (typeof one !== "string" || one.length > 64) {
      throw malformed(`${name} has something else than short strings`);
    }
    return one;
  });
}

function toObject(value: ScannedValue | undefined, name: string): ScannedObject {
  if (!isScannedObject(value)) {
    throw malformed(`${name} is no object`);
  }
  return value;
}
