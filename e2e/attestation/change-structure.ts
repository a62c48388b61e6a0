// SPDX-License-Identifier: Apache-2.0
/** Changes what a format consists of, and writes it with the lengths and counts that are then right: DER, CBOR and JSON. */

import { changeJson } from "./change-json.ts";
import type { Random } from "./random.ts";
import { cborTree, derTree, manyOf, type Tree, writeTree } from "./trees.ts";

/** The bytes with one part changed; undefined where they are of none of these formats, or nothing in them has parts. */
export function changeStructure(
  bytes: Uint8Array,
  random: Random,
): Uint8Array<ArrayBuffer> | undefined {
  const first = bytes[0] ?? 0;
  if (first === 0x7b || first === 0x5b) {
    return changeJson(bytes, random);
  }
  const tree = first === 0x30 ? derTree(bytes) : cborTree(bytes);
  return tree === undefined ? undefined : new Uint8Array(writeTree(changeTree(tree, random)));
}

/** How deep something is put into itself at most: beyond any parser's bound. */
const deepest = 64;

/** Bytes that copies of one part may have together. */
const longest = 65_536;

function changeTree(tree: Tree, random: Random): Tree {
  const { parts } = tree;
  if (parts.length === 0 || random.below(3) === 0) {
    return changeHere(tree, random);
  }
  const index = random.below(parts.length);
  const changed = parts.map((part, at) => (at === index ? changeTree(part, random) : part));
  return { ...tree, parts: changed };
}

function changeHere(tree: Tree, random: Random): Tree {
  const { parts } = tree;
  const index = random.below(Math.max(1, parts.length));
  const part = parts[index];
  if (part === undefined) {
    return nest(tree, 1 + random.below(deepest));
  }
  switch (random.below(5)) {
    case 0:
      return { ...tree, parts: parts.toSpliced(index, 1) };
    case 1: {
      const times = Math.min(1 << random.below(12), Math.ceil(longest / writeTree(part).length));
      return { ...tree, parts: parts.toSpliced(index, 0, manyOf(part, times)) };
    }
    case 2:
      return { ...tree, parts: parts.toSpliced(index, 1, nest(part, 1 + random.below(deepest))) };
    case 3:
      return { ...tree, parts: [...parts].reverse() };
    default:
      return { ...tree, parts: parts.toSpliced(index, 1, random.pick([part, ...parts])) };
  }
}

/** Puts a value into lists, one in the other. */
function nest(tree: Tree, depth: number): Tree {
  let nested = tree;
  for (let level = 0; level < depth; level += 1) {
    nested = { ...nested, head: nested.list, parts: [nested], leaf: new Uint8Array() };
  }
  return nested;
}
