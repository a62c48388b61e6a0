// SPDX-License-Identifier: Apache-2.0
/** Whether a release was taken back: what was granted could not be handed out, and a leaf soon after says so. */

import { decodeLeaf } from "@strongroom/core";
import { z } from "zod";
import type { LeafPlace } from "../../audit/prove-leaves.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { LeafRelease } from "./facts-of-leaf.ts";

/** Leaves after the release's that are looked at: what a busy second brings. */
const maxLooked = 2_000;
/** What no other leaf has, as bytes. */
const mark = Buffer.from('"undone":');

const undoneSchema = z.object({
  log: z.string(),
  index: z.number(),
  /** Of one of a batch. */
  object: z.string().optional(),
  unwrapped: z.string().optional(),
});

/** Looks for it. */
export async function isUndone(
  logs: Pick<Ledger["logs"], "leaves">,
  { log, index }: LeafPlace,
  { kind, name, facts }: LeafRelease,
): Promise<boolean> {
  const leaves = await logs.leaves(log, { from: index + 1, limit: maxLooked });
  return leaves.some(({ bytes }) => {
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(mark)) {
      return false;
    }
    const undone = undoneSchema.safeParse(decodeLeaf(bytes).event.properties["undone"]).data;
    const isIt = undone?.log === log && undone.index === index;
    const isOne = undone?.object === undefined || undone.object === `${kind}/${name}`;
    return isIt && isOne && (undone.object === undefined || undone.unwrapped === facts.unwrapped);
  });
}
