// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { leafHash, MerkleTree, u32be } from "@strongroom/core";
import { MerkleFrontier } from "./merkle-frontier.ts";

describe("the frontier of a Merkle tree", () => {
  it("has the root of the whole tree at every size", () => {
    const tree = new MerkleTree();
    const frontier = new MerkleFrontier();
    for (let size = 0; size <= 70; size += 1) {
      expect(frontier.size).toBe(size);
      expect(frontier.root()).toEqual(tree.root());
      tree.append(leafHash(u32be(size)));
      frontier.append(leafHash(u32be(size)));
    }
  });
});
