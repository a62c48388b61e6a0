// SPDX-License-Identifier: Apache-2.0
/** Leaves as the store holds them, parsed: whoever edits the store can put anything there. */

import { type AuditLeaf, decodeLeaf, isStrongroomError, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { StoredLeaf } from "../store/store.ts";
import { keyLimit } from "./limits.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const write = z.object({
  scope: z.string().min(1).max(keyLimit),
  record: z.string().min(1).max(keyLimit),
  revision: z.int().min(1),
  digest: hash,
  previous: z.union([z.literal(""), hash]),
});

const head = z.object({ log: z.string(), size: z.int().min(1), root: hash });

const leafSchema = z.object({
  log: z.string(),
  index: z.int().min(0),
  event: z.object({
    time: z.string(),
    operationName: z.string(),
    /** Of a log's first leaf: the rollback after which it was opened. */
    properties: z.object({ rollback: z.object({ id: z.string() }).optional() }).optional(),
  }),
  writes: z.array(write),
  spent: z.array(z.object({ id: z.string(), expires: z.number() })).optional(),
  heads: z.array(head).optional(),
});

/** What replaying a log needs of a leaf. */
export type ReplayedLeaf = z.infer<typeof leafSchema>;

/** Parses a leaf. @throws {StrongroomError} `StoreTampered` if it is none, or was written for another place. */
export function parseLeaf(stored: StoredLeaf): ReplayedLeaf {
  const parsed = leafSchema.safeParse(decode(stored));
  if (!parsed.success) {
    throw unreadable(stored);
  }
  if (parsed.data.log !== stored.log || parsed.data.index !== stored.index) {
    throw new StrongroomError(
      "StoreTampered",
      `${nameOfLeaf(stored)} was written for another place`,
    );
  }
  return parsed.data;
}

function decode(stored: StoredLeaf): AuditLeaf {
  try {
    return decodeLeaf(stored.bytes);
  } catch (error) {
    throw isStrongroomError(error, "StoreTampered") ? unreadable(stored) : error;
  }
}

function unreadable(stored: StoredLeaf): StrongroomError {
  return new StrongroomError("StoreTampered", `${nameOfLeaf(stored)} is unreadable`);
}

function nameOfLeaf({ log, index }: StoredLeaf): string {
  return `leaf ${index} of log ${log}`;
}
