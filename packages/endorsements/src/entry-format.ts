// SPDX-License-Identifier: Apache-2.0
/** The file of one endorsement: version 0x01, SHA-256 of the rest, canonical JSON. A damaged one reads as none. */

import {
  canonicalJson,
  concatBytes,
  equalBytes,
  fromUtf8,
  type JsonValue,
  sha256,
  utf8,
} from "@strongroom/core";
import { z } from "zod";
import type { Endorsement, EndorsementAge } from "./endorsement.ts";
import { entryBytes, nameLength } from "./limits.ts";
import { parseEntries } from "./parse-entries.ts";

const version = 0x01;

/** Keeps the digest from being one of anything else. */
const purpose = utf8("strongroom/endorsement/v1\0");

const digestBytes = 32;

/** Milliseconds of an instant. */
const instant = z.int().min(0).max(8.64e15);

const ageSchema = z.strictObject({
  number: z
    .string()
    .regex(/^\d{1,64}$/)
    .optional(),
  issuedAt: instant.optional(),
  nextUpdate: instant.optional(),
});

/** An endorsement in JSON: bytes in base64, instants in milliseconds. */
export const endorsementSchema = z.strictObject({
  // Half a character has no spelling in what is digested.
  name: z
    .string()
    .min(1)
    .max(nameLength)
    .refine((name) => name.isWellFormed()),
  files: z.array(z.base64().max(entryBytes)).max(8),
  fetchedAt: instant,
  age: ageSchema,
});

/** The same as bytes: a digest that fits what is no JSON is of something that was never written here. */
const entrySchema = z
  .instanceof(Uint8Array)
  .transform((content, context) => {
    try {
      return parseEntries(fromUtf8(content), 1);
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(endorsementSchema);

/** An endorsement in JSON. */
export type EndorsementJson = z.output<typeof endorsementSchema>;

/** JSON of an endorsement. */
export function toJson({ name, files, fetchedAt, age }: Endorsement): EndorsementJson {
  const { number, issuedAt, nextUpdate } = age;
  return {
    name,
    files: files.map((file) => Buffer.from(file).toString("base64")),
    fetchedAt: fetchedAt.getTime(),
    age: {
      ...(number === undefined ? {} : { number: number.toString() }),
      ...(issuedAt === undefined ? {} : { issuedAt: issuedAt.getTime() }),
      ...(nextUpdate === undefined ? {} : { nextUpdate: nextUpdate.getTime() }),
    },
  };
}

/** The endorsement of its JSON. */
export function fromJson({ name, files, fetchedAt, age }: EndorsementJson): Endorsement {
  return {
    name,
    files: files.map((file) => new Uint8Array(Buffer.from(file, "base64"))),
    fetchedAt: new Date(fetchedAt),
    age: toAge(age),
  };
}

/** SHA-256 of an endorsement's content. */
export function digestOf(json: EndorsementJson): Uint8Array {
  return sha256(purpose, canonicalJson(json as JsonValue));
}

/** The file's bytes. */
export function encodeEntry(endorsement: Endorsement): Uint8Array {
  const content = canonicalJson(toJson(endorsement) as JsonValue);
  return concatBytes(Uint8Array.of(version), sha256(purpose, content), content);
}

/** The endorsement of a file's bytes, or undefined where any of them is not as it was written. */
export function decodeEntry(bytes: Uint8Array): Endorsement | undefined {
  const content = bytes.subarray(1 + digestBytes);
  const digest = bytes.subarray(1, 1 + digestBytes);
  if (bytes[0] !== version || !equalBytes(digest, sha256(purpose, content))) {
    return undefined;
  }
  const parsed = entrySchema.safeParse(content);
  return parsed.success ? fromJson(parsed.data) : undefined;
}

function toAge({ number, issuedAt, nextUpdate }: EndorsementJson["age"]): EndorsementAge {
  return {
    ...(number === undefined ? {} : { number: BigInt(number) }),
    ...(issuedAt === undefined ? {} : { issuedAt: new Date(issuedAt) }),
    ...(nextUpdate === undefined ? {} : { nextUpdate: new Date(nextUpdate) }),
  };
}
