// SPDX-License-Identifier: Apache-2.0
/** DER and CBOR as trees, read as far as changing them needs: what is not understood is a leaf. */

/** A value with what is in it. */
export interface Tree {
  readonly format: "der" | "cbor";
  /** DER's identifier, or CBOR's major type. */
  readonly head: number;
  /** The head of a list. */
  readonly list: number;
  readonly parts: readonly Tree[];
  /** All bytes of a value without parts. */
  readonly leaf: Uint8Array;
  /** How many values a leaf is, where it is not one. */
  readonly count?: number;
}

/** Levels that are read; what is deeper is a leaf. */
const deepest = 100;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Read {
  readonly tree: Tree;
  readonly end: number;
}

/** The tree of one DER value that is all of the bytes. */
export function derTree(bytes: Uint8Array): Tree | undefined {
  const [tree, another] = readDer(Buffer.from(bytes), deepest) ?? [];
  return another === undefined ? tree : undefined;
}

function readDer(bytes: Buffer, left: number): readonly Tree[] | undefined {
  const values: Tree[] = [];
  for (let at = 0; at < bytes.length; ) {
    const content = derContent(bytes, at);
    if (content === undefined) {
      return undefined;
    }
    const head = bytes[at] ?? 0;
    const inner = bytes.subarray(content.start, content.end);
    const parts = (head & 0x20) !== 0 && left > 0 ? readDer(inner, left - 1) : undefined;
    const leaf = bytes.subarray(at, content.end);
    values.push({ format: "der", head, list: 0x30, parts: parts ?? [], leaf });
    at = content.end;
  }
  return values;
}

/** Where the content of the value at this place is, if it is there. */
function derContent(bytes: Buffer, at: number): Span | undefined {
  const first = bytes[at + 1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + more;
  if (more > 3 || start > bytes.length) {
    return undefined;
  }
  const end = start + (more === 0 ? first : bytes.readUIntBE(at + 2, more));
  return end > bytes.length ? undefined : { start, end };
}

/** The tree of one CBOR value that is all of the bytes. */
export function cborTree(bytes: Uint8Array): Tree | undefined {
  const read = readCbor(Buffer.from(bytes), 0, deepest);
  return read?.end === bytes.length && read.tree.parts.length > 0 ? read.tree : undefined;
}

const major = { bytes: 2, text: 3, list: 4, map: 5 } as const;

function readCbor(bytes: Buffer, at: number, left: number): Read | undefined {
  const first = bytes[at] ?? 0xff;
  const [head, short] = [first >> 5, first & 0x1f];
  const width = short < 24 ? 0 : 1 << (short - 24);
  const start = at + 1 + width;
  if (left === 0 || width > 4 || start > bytes.length) {
    return undefined;
  }
  const argument = width === 0 ? short : bytes.readUIntBE(at + 1, width);
  const parts = head === major.list || head === major.map ? argument * (head - 3) : 0;
  const content = head === major.bytes || head === major.text ? argument : 0;
  const inner = readAll(bytes, start, parts, left - 1);
  const end = (inner?.at(-1)?.end ?? start) + content;
  return inner === undefined || end > bytes.length
    ? undefined
    : {
        tree: {
          ...{ format: "cbor", head, list: major.list, leaf: bytes.subarray(at, end) },
          parts: inner.map(({ tree }) => tree),
        },
        end,
      };
}

function readAll(bytes: Buffer, start: number, count: number, left: number) {
  const read: Read[] = [];
  for (let at = start; read.length < count; ) {
    const one = readCbor(bytes, at, left);
    if (one === undefined) {
      return undefined;
    }
    read.push(one);
    at = one.end;
  }
  return read;
}

/** The bytes of a tree. */
export function writeTree({ format, head, parts, leaf }: Tree): Buffer {
  if (parts.length === 0) {
    return Buffer.from(leaf);
  }
  const content = Buffer.concat(parts.map(writeTree));
  const count = parts.reduce((sum, part) => sum + (part.count ?? 1), 0);
  return format === "der"
    ? Buffer.concat([Buffer.from([head]), derLength(content.length), content])
    : Buffer.concat([cborHead(head, head === major.map ? count >> 1 : count), content]);
}

/** The same value many times, as one leaf. */
export function manyOf(part: Tree, times: number): Tree {
  const written = writeTree(part);
  const leaf = Buffer.alloc(written.length * times, written);
  return { ...part, parts: [], leaf, count: times };
}

function derLength(length: number): Buffer {
  const bytes = Buffer.from(length.toString(16).padStart(6, "0"), "hex");
  const digits = bytes.subarray(length < 0x100 ? 2 : length < 0x10000 ? 1 : 0);
  return length < 0x80 ? Buffer.from([length]) : Buffer.from([0x80 | digits.length, ...digits]);
}

function cborHead(type: number, argument: number): Buffer {
  const head = Buffer.alloc(5, (type << 5) | 26);
  head.writeUInt32BE(argument, 1);
  return argument < 24 ? Buffer.from([(type << 5) | argument]) : head;
}
