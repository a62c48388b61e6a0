// SPDX-License-Identifier: Apache-2.0
/**
 * Searches files and folders for the canary on standard input, without crossing into other file systems.
 *
 * `--expect none|clear|all PATH…` fails unless that is found; `--plant FOLDER` writes a file of each spelling.
 */

import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { search, spellingsOf } from "../lib/canary.ts";

const spellings = spellingsOf(await readFile("/dev/stdin", "utf8"));
const chunkBytes = 1 << 20;
let files = 0;

async function* filesIn(path: string, device: number): AsyncGenerator<string> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || stats.dev !== device) {
    return;
  }
  if (stats.isFile()) {
    yield path;
  } else if (stats.isDirectory()) {
    for (const name of await readdir(path).catch(() => [])) {
      yield* filesIn(join(path, name), device);
    }
  }
}

// What cannot be read has not been searched.
function noneIfGone(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === "ENOENT") {
    return [];
  }
  throw error;
}

async function searchAll(paths: readonly string[]): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const path of paths) {
    const { dev } = await lstat(path);
    for await (const file of filesIn(path, dev)) {
      files += 1;
      // A file may vanish while it is read: logs rotate, databases are compacted.
      const hits = await search(
        createReadStream(file, { highWaterMark: chunkBytes }),
        spellings,
      ).catch(noneIfGone);
      for (const name of hits) {
        found.set(name, (found.get(name) ?? new Set()).add(file));
      }
    }
  }
  return found;
}

const [mode, first = "", ...paths] = process.argv.slice(2);
if (mode === "--plant") {
  await mkdir(first, { recursive: true });
  for (const { name, bytes } of spellings) {
    await writeFile(
      join(first, name),
      Buffer.concat([Buffer.from("before "), bytes, Buffer.from(" after")]),
    );
  }
  process.exit(0);
}
const expected = { none: 0, clear: 1, all: spellings.length }[first];
const found = await searchAll(paths);
for (const [name, where] of found) {
  console.log(`found as ${name} in ${[...where].slice(0, 5).join(", ")}`);
}
console.log(`${files} files searched, ${found.size} of ${spellings.length} spellings found`);
process.exit(files > 0 && found.size === expected ? 0 : 1);
