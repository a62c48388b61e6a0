// SPDX-License-Identifier: Apache-2.0
/** Changes input in the ways that parsers fail at: in its bytes, in its numbers, and in the structure that its format gives it. */

import { changeStructure } from "./change-structure.ts";
import type { Random } from "./random.ts";

/** Bytes of an input: a little more than the longest that most parsers look at. */
const longest = 70_000;

/** Input made of `seed`, with pieces of the others of its kind. */
export function changeInput(
  seed: Uint8Array,
  others: readonly [Uint8Array, ...Uint8Array[]],
  random: Random,
): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds -= 1) {
    bytes = changeOnce(bytes, random.pick(others), random);
  }
  return bytes.subarray(0, longest);
}

const marks = [
  0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b, 0x30, 0x2d, 0x5c, 0xa0, 0x9f, 0xbf,
] as const;

function changeOnce(bytes: Uint8Array<ArrayBuffer>, other: Uint8Array, random: Random) {
  const position = random.below(bytes.length + 1);
  const length = random.below(Math.min(64, bytes.length) + 1);
  const piece = bytes.slice(position, position + length);
  switch (random.below(13)) {
    case 0:
      return bytes.slice(0, position);
    case 1:
      return splice(bytes, position, length, []);
    case 2:
      return splice(bytes, position, 0, piece);
    case 3:
      return splice(bytes, random.below(bytes.length + 1), length, piece);
    case 4:
      return splice(bytes, position, length, other.slice(position, position + length));
    case 5:
      return splice(bytes, position, 0, Array<number>(length * 16).fill(random.pick(marks)));
    case 6:
      return splice(bytes, position, 4, Array<number>(4).fill(random.pick(marks)));
    case 7:
      return splice(bytes, position, 1, [random.pick(marks)]);
    case 8:
      return splice(bytes, position, 1, [(bytes[position] ?? 0) ^ (1 << random.below(8))]);
    case 9:
      return repeat(bytes, position, piece, random);
    case 10:
      return changeNumber(bytes, random);
    default:
      return changeStructure(bytes, random) ?? changeNumber(bytes, random);
  }
}

/** A piece many times over: counts that are not believed, lists without an end, nesting by a byte. */
function repeat(bytes: Uint8Array, position: number, piece: Uint8Array, random: Random) {
  const times = 1 << random.below(13);
  const most = Math.max(0, longest - bytes.length);
  const copies = Buffer.alloc(Math.min(piece.length * times, most), piece);
  return splice(bytes, position, 0, piece.length === 0 ? [] : copies);
}

/** A number that may be a length or a count, of one, two or four bytes in either order, is made to lie. */
function changeNumber(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const width = random.pick([1, 2, 4]);
  const isLittle = random.below(2) === 0;
  const changed = Buffer.from(bytes);
  for (let tries = 0; tries < 16 && bytes.length >= width; tries += 1) {
    const at = random.below(bytes.length - width + 1);
    const value = isLittle ? changed.readUIntLE(at, width) : changed.readUIntBE(at, width);
    const left = bytes.length - at - width;
    if (value > 0 && value <= left) {
      const lie = random.pick([
        value - 1,
        value + 1,
        0,
        left,
        left + 1,
        value * 2,
        256 ** width - 1,
      ]);
      const fitting = lie % 256 ** width;
      isLittle ? changed.writeUIntLE(fitting, at, width) : changed.writeUIntBE(fitting, at, width);
      break;
    }
  }
  return new Uint8Array(changed);
}

function splice(bytes: Uint8Array, position: number, length: number, piece: ArrayLike<number>) {
  const after = bytes.subarray(Math.min(bytes.length, position + length));
  const spliced = new Uint8Array(position + piece.length + after.length);
  spliced.set(bytes.subarray(0, position));
  spliced.set(piece, position);
  spliced.set(after, position + piece.length);
  return spliced;
}
