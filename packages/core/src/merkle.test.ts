// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex, sha256, toHex, u32be } from "./bytes.ts";
import { verifyConsistency, verifyInclusion } from "./merkle-proofs.ts";
import { emptyRoot, type Hash, leafHash, MerkleTree } from "./merkle-tree.ts";

// Leaves and roots of the reference implementation of certificate transparency, as published with RFC 6962's code.
const referenceLeaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const referenceRoots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

function treeOf(count: number): MerkleTree {
  const tree = new MerkleTree();
  for (let i = 0; i < count; i += 1) {
    tree.append(leafHash(u32be(i)));
  }
  return tree;
}

function flipped(hash: Hash): Hash {
  const copy = hash.slice();
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

describe("the Merkle tree", () => {
  it("has the reference implementation's roots", () => {
    const tree = new MerkleTree();
    const roots = referenceLeaves.map((leaf) => {
      tree.append(leafHash(fromHex(leaf)));
      return toHex(tree.root());
    });
    expect(roots).toEqual(referenceRoots);
    expect(toHex(emptyRoot)).toBe(toHex(sha256()));
  });

  it("proves each leaf in trees of every size up to 33, and no other leaf or place", () => {
    for (let size = 1; size <= 33; size += 1) {
      const tree = treeOf(size);
      const root = tree.root();
      for (let index = 0; index < size; index += 1) {
        const claim = {
          index,
          size,
          leaf: leafHash(u32be(index)),
          path: tree.inclusionProof(index),
          root,
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
        expect(verifyInclusion({ ...claim, path: [...claim.path, root] })).toBe(false);
      }
    }
  });

  it("proves that each tree extends each smaller one, and refuses another history", () => {
    const tree = treeOf(33);
    for (let newSize = 1; newSize <= 33; newSize += 1) {
      for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
        const claim = {
          oldSize,
          newSize,
          oldRoot: tree.root(oldSize),
          newRoot: tree.root(newSize),
          proof: tree.consistencyProof(oldSize, newSize),
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, oldRoot: flipped(claim.oldRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, newRoot: flipped(claim.newRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, claim.newRoot] })).toBe(false);
      }
    }
  });

  it("refuses a shorter tree as an extension of a longer one", () => {
    const tree = treeOf(8);
    expect(
      verifyConsistency({
        oldSize: 8,
        newSize: 7,
        oldRoot: tree.root(8),
        newRoot: tree.root(7),
        proof: [],
      }),
    ).toBe(false);
  });
});

describe("a Merkle tree that has forgotten old leaves", () => {
  it("has the same roots, frontier and proofs for all that is newer", () => {
    const whole = treeOf(70);
    for (let index = 0; index <= 40; index += 1) {
      const pruned = treeOf(40);
      pruned.forget(index);
      for (let i = 40; i < 70; i += 1) {
        pruned.append(leafHash(u32be(i)));
        pruned.forget(Math.min(index, i));
      }
      expect(pruned.size).toBe(70);
      expect(pruned.frontier().map(toHex)).toEqual(whole.frontier().map(toHex));
      for (let size = Math.max(index, 1); size <= 70; size += 7) {
        expect(toHex(pruned.root(size))).toBe(toHex(whole.root(size)));
        expect(pruned.consistencyProof(size).map(toHex)).toEqual(
          whole.consistencyProof(size).map(toHex),
        );
        for (let leaf = index; leaf < size; leaf += 1) {
          const proof = pruned.inclusionProof(leaf, size);
          expect(proof.map(toHex)).toEqual(whole.inclusionProof(leaf, size).map(toHex));
        }
      }
    }
  });

  it("goes on from its size and its frontier", () => {
    const whole = treeOf(70);
    for (let size = 0; size <= 40; size += 1) {
      const tree = MerkleTree.fromFrontier(size, treeOf(size).frontier());
      for (let i = size; i < 70; i += 1) {
        tree.append(leafHash(u32be(i)));
      }
      expect(tree.frontier().map(toHex)).toEqual(whole.frontier().map(toHex));
      for (let old = Math.max(size, 1); old <= 70; old += 3) {
        expect(tree.consistencyProof(old).map(toHex)).toEqual(
          whole.consistencyProof(old).map(toHex),
        );
      }
    }
  });

  it("says so when it is asked for what it has forgotten", () => {
    const tree = treeOf(64);
    tree.forget(63);
    expect(() => tree.inclusionProof(3)).toThrow(expect.objectContaining({ code: "Internal" }));
  });
});
