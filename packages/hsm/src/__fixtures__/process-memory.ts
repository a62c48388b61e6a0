// SPDX-License-Identifier: Apache-2.0
/** What a process has in its memory: everything that it may write, as a core of it would hold. proc(5), `maps`, `mem`. */

import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Bytes read at a time; what a search looks for is far shorter than the overlap. */
const chunkBytes = 16 * 1024 * 1024;
const overlapBytes = 4_096;

/** Names of the needles that are in the memory of the process. */
export function searchMemory(pid: number, needles: ReadonlyMap<string, Buffer>): readonly string[] {
  return searchChunks(chunksOf(pid), needles);
}

/** All of that memory at one instant: the process stands still while it is copied. */
export function takeCore(pid: number): readonly Buffer[] {
  process.kill(pid, "SIGSTOP");
  try {
    return [...chunksOf(pid)];
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** Names of the needles that are in what was copied, or is read meanwhile. */
export function searchChunks(
  chunks: Iterable<Buffer>,
  needles: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const found = new Set<string>();
  for (const chunk of chunks) {
    search(chunk, needles, found);
  }
  return [...found].sort();
}

function* chunksOf(pid: number): Iterable<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const pagemap = openSync(`/proc/${pid}/pagemap`, "r");
  try {
    for (const { start, end } of writableRegions(pid).flatMap((one) => heldOf(pagemap, one))) {
      for (let at = start; at < end; at += chunkBytes - overlapBytes) {
        yield readAt(memory, at, Math.min(chunkBytes, end - at));
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pagemap);
  }
}

function search(chunk: Buffer, needles: ReadonlyMap<string, Buffer>, found: Set<string>): void {
  for (const [name, needle] of needles) {
    if (!found.has(name) && chunk.includes(needle)) {
      found.add(name);
    }
  }
}

interface Region {
  readonly start: number;
  readonly end: number;
}

function writableRegions(pid: number): readonly Region[] {
  return readFileSync(`/proc/${pid}/maps`, "latin1")
    .split("\n")
    .flatMap((line) => {
      const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      return start === undefined || end === undefined
        ? []
        : [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }];
    });
}

const pageBytes = 4_096;
const entryBytes = 8;

/**
 * Parts of a region whose pages are in memory or swapped out. Most of what a Node.js process may write to it never did: to copy
 * that holds the process up for seconds. Linux, Documentation/admin-guide/mm/pagemap.rst.
 */
function heldOf(pagemap: number, { start, end }: Region): readonly Region[] {
  const entries = readAt(
    pagemap,
    (start / pageBytes) * entryBytes,
    ((end - start) / pageBytes) * entryBytes,
  );
  const held: Region[] = [];
  let from: number | undefined;
  for (let page = 0; page * entryBytes <= entries.length; page += 1) {
    // Bit 63: present; bit 62: swapped. One past the last page is neither.
    const isHeld = ((entries[page * entryBytes + entryBytes - 1] ?? 0) & 0xc0) !== 0;
    const at = start + page * pageBytes;
    if (isHeld) {
      from ??= at;
    } else if (from !== undefined) {
      held.push({ start: from, end: at });
      from = undefined;
    }
  }
  return held;
}

function readAt(file: number, at: number, length: number): Buffer {
  const chunk = Buffer.alloc(length);
  try {
    return chunk.subarray(0, readSync(file, chunk, 0, length, at));
  } catch {
    // Gone since it was listed, or not to be read (a device's).
    return chunk.subarray(0, 0);
  }
}

/** What to look for of a value: a piece of its beginning, middle and end, in both byte orders, hexadecimal and base64. */
export function needlesOf(name: string, value: Uint8Array): readonly (readonly [string, Buffer])[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const base64 = bytes.toString("base64url");
  const middle = bytes.length >> 1;
  const pieces = [
    ["first", 0],
    ["middle", middle - 8],
    ["last", bytes.length - 16],
  ] as const;
  return [
    ...pieces.flatMap(([piece, at]) => {
      const part = bytes.subarray(at, at + 16);
      return [
        [`${name} ${piece}`, part],
        [`${name} ${piece} reversed`, Buffer.from(part).reverse()],
      ] as const;
    }),
    [`${name} hex`, Buffer.from(hex.slice(middle, middle + 32))],
    [`${name} HEX`, Buffer.from(hex.slice(middle, middle + 32).toUpperCase())],
    [`${name} base64url`, Buffer.from(base64.slice(4, 36))],
    [`${name} base64`, Buffer.from(bytes.toString("base64").slice(4, 36))],
  ];
}
