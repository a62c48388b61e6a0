// SPDX-License-Identifier: Apache-2.0
/**
 * What a full backup holds: every row of the store, between a beginning that names the heads and an end that counts.
 *
 * entry = u32 length || canonical JSON || u32 length || bytes || u32 length || bytes
 */

import { canonicalJson, fromUtf8, type JsonValue, parseJson } from "@strongroom/core";
import { z } from "zod";
import { unreadable } from "../objects/backup/backup-format.ts";
import { ByteSource, type Bytes, withLength } from "./byte-source.ts";
import { maxHeadBytes, maxPartBytes } from "./limits.ts";

const count = z.int().min(0);
const key = { scope: z.string(), id: z.string() };
const head = z.object({ log: z.string(), size: z.int().min(1), root: z.string(), time: count });

const schema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("begin"),
    /** Milliseconds since the epoch. */
    time: count,
    /** Heads that the HSM host had anchored before the rows were read: the logs have come by all of them. */
    heads: z.array(head),
  }),
  z.strictObject({ kind: z.literal("record"), ...key, revision: z.int().min(1) }),
  z.strictObject({ kind: z.literal("value"), ...key }),
  z.strictObject({ kind: z.literal("leaf"), log: z.string(), index: count }),
  z.strictObject({ kind: z.literal("end"), records: count, values: count, leaves: count }),
]);

/** What an entry is of. */
export type EntryHead = z.infer<typeof schema>;

/** One entry: body and MAC of a record; the sealed value; the leaf. */
export interface Entry {
  readonly head: EntryHead;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

const nothing: Uint8Array = new Uint8Array();

/** An entry with up to two parts. */
export function entryOf(head: EntryHead, first = nothing, second = nothing): Entry {
  return { head, first, second };
}

/** Bytes of entries. */
export async function* encodeEntries(
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Uint8Array, void> {
  for await (const { head: about, first, second } of entries) {
    yield* withLength(canonicalJson(about as JsonValue));
    yield* withLength(first);
    yield* withLength(second);
  }
}

/** Entries of bytes. @throws {Refusal} `BadParameter` where they are none, or do not end with their end */
export async function* decodeEntries(bytes: Bytes): AsyncGenerator<Entry> {
  const source = new ByteSource(bytes);
  try {
    for (let isOver = false; !isOver; ) {
      const about = parseHead(await source.takeWithLength(maxHeadBytes));
      const first = await source.takeWithLength(maxPartBytes);
      yield { head: about, first, second: await source.takeWithLength(maxPartBytes) };
      isOver = about.kind === "end";
    }
    if (!(await source.isDone())) {
      throw unreadable();
    }
  } finally {
    await source.close();
  }
}

function parseHead(bytes: Uint8Array): EntryHead {
  const parsed = schema.safeParse(toJson(bytes));
  if (!parsed.success) {
    throw unreadable();
  }
  return parsed.data;
}

function toJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(fromUtf8(bytes));
  } catch {
    // Not JSON is one more form that the schema does not accept.
    return undefined;
  }
}
