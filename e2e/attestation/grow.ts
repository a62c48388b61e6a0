// SPDX-License-Identifier: Apache-2.0
/**
 * A great deal of input: what a parser begins with, made long in the ways that make parsers slow. What takes the square of its
 * length takes seconds at a MiB.
 */

import { execute } from "./execute.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { fuzzTargets } from "./fuzz-targets.ts";
import { growJson, type Named } from "./grow-json.ts";
import { cborTree, derTree, manyOf, type Tree, writeTree } from "./trees.ts";

/** Bytes of input: just below parsers' limits of 8 KiB, 64 KiB, 256 KiB and a MiB, and beyond any. */
const sizes = [8_150, 65_000, 250_000, 1_000_000, 2_097_152] as const;

/** What was found. */
export interface Grown {
  readonly executions: number;
  readonly failures: readonly {
    readonly target: string;
    readonly problem: string;
    readonly input: string;
  }[];
  /** The slowest execution, in words. */
  readonly slowest: string;
}

/** What to run. */
export interface GrowRun {
  /** Parsers that have this in their names; all without. */
  readonly part?: string | undefined;
  /** Bytes. */
  readonly wanted?: readonly number[];
  /** Runs each `step`th of the inputs; all without. */
  readonly step?: number;
  /** Milliseconds that an execution may take. */
  readonly most: number;
}

/** Runs the parsers. */
export function growAll({ part = "", wanted = sizes, step = 1, most }: GrowRun): Grown {
  const failures: Grown["failures"][number][] = [];
  let executions = 0;
  let slowest = { milliseconds: 0, name: "" };
  for (const target of fuzzTargets().filter(({ name }) => name.includes(part))) {
    for (const [how, write] of eachOf(inputsOf(target, wanted), step)) {
      const input = write();
      const { milliseconds, problem } = execute(target, input, most);
      const name = `${target.name}, ${how}, ${input.length} bytes`;
      executions += 1;
      if (milliseconds > slowest.milliseconds) {
        slowest = { milliseconds, name };
      }
      if (problem !== undefined) {
        failures.push({
          target: name,
          problem,
          input: Buffer.from(input.subarray(0, 64)).toString("hex"),
        });
      }
    }
  }
  return {
    executions,
    failures,
    slowest: `${slowest.milliseconds.toFixed(1)} ms: ${slowest.name}`,
  };
}

function* eachOf(inputs: Generator<Named>, step: number): Generator<Named> {
  let number = 0;
  for (const input of inputs) {
    if (number % step === 0) {
      yield input;
    }
    number += 1;
  }
}

function* inputsOf({ corpus }: FuzzTarget, wanted: readonly number[]): Generator<Named> {
  for (const size of wanted) {
    for (const seed of corpus.slice(0, 3)) {
      yield* filled(seed, size);
      yield* repeated(seed, size);
      yield* restructured(seed, size);
    }
  }
}

const fillers = [
  ...([" ", "\0", "[", "{", '"', "\\", "A", "9", "-", "\n", "=", "\x30", "\x81", "\xff"] as const),
  ...([
    '{"a":',
    "[],",
    "0,",
    '"",',
    "-----BEGIN ",
    "\\u0000",
    "\x30\x80",
    "\x0a\x00",
    "pcr:",
  ] as const),
];

/** A beginning, then one thing without an end. */
function* filled(seed: Uint8Array, size: number): Generator<Named> {
  for (const filler of fillers) {
    for (const kept of [1, 40, seed.length - 1]) {
      const start = seed.subarray(0, Math.max(0, kept));
      const write = () =>
        Buffer.concat([start, copies(Buffer.from(filler, "latin1"), size - start.length)]);
      yield [`${JSON.stringify(filler)} behind ${start.length}`, write];
    }
  }
}

/** All of it again and again, or a piece of it. */
function* repeated(seed: Uint8Array, size: number): Generator<Named> {
  yield ["all repeated", () => copies(seed, size)];
  for (const eighth of [1, 3, 5, 7]) {
    const at = Math.floor((seed.length * eighth) / 8);
    for (const length of [8, 64, 256]) {
      const piece = seed.subarray(at, at + length);
      if (piece.length > 0) {
        const [before, after] = [seed.subarray(0, at), seed.subarray(at)];
        const write = () => Buffer.concat([before, copies(piece, size - seed.length), after]);
        yield [`${length} at ${at} repeated`, write];
      }
    }
  }
}

function copies(piece: Uint8Array, size: number): Buffer {
  return Buffer.alloc(Math.max(0, size), piece);
}

/** Many of each part, in lengths and counts that are right. */
function* restructured(seed: Uint8Array, size: number): Generator<Named> {
  if (seed[0] === 0x7b || seed[0] === 0x5b) {
    yield* growJson(seed, size);
    return;
  }
  const tree = seed[0] === 0x30 ? derTree(seed) : cborTree(seed);
  for (const [path, grown] of tree === undefined ? [] : growTree(tree, size, "")) {
    yield [`many parts at${path}`, () => writeTree(grown())];
  }
}

/** Every part of a tree in great number, each time in a tree of its own. */
function* growTree(
  tree: Tree,
  size: number,
  path: string,
): Generator<readonly [string, () => Tree]> {
  for (const [index, part] of tree.parts.entries()) {
    const where = `${path} ${index}`;
    const put = (grown: Tree): Tree => ({ ...tree, parts: tree.parts.with(index, grown) });
    yield [where, () => put(manyOf(part, Math.ceil(size / writeTree(part).length)))];
    for (const [place, grown] of growTree(part, size, where)) {
      yield [place, () => put(grown())];
    }
  }
}
