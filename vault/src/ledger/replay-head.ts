// SPDX-License-Identifier: Apache-2.0
/** Where a log ends, by its leaves alone. */

import { leafHash, MerkleTree, toHex } from "@strongroom/core";
import type { AnchoredHead } from "./ledger.ts";
import { type LeafSource, leavesOf } from "./verify-logs.ts";

/** Nodes of a tree that are forgotten at once. */
const forgetEvery = 1024;

/** The head of a log, or of its first `size` leaves; a log that has fewer has a smaller head. */
export async function replayHead(
  source: LeafSource,
  log: string,
  size = Number.POSITIVE_INFINITY,
): Promise<AnchoredHead> {
  const tree = new MerkleTree();
  for await (const { bytes } of leavesOf(source, log)) {
    if (tree.size >= size) {
      break;
    }
    tree.append(leafHash(bytes));
    if (tree.size % forgetEvery === 0) {
      tree.forget(tree.size);
    }
  }
  return { log, size: tree.size, root: toHex(tree.root()) };
}
