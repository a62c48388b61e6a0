// SPDX-License-Identifier: Apache-2.0
/** What a generator returns, how it differs from the tree, and how it gets there. */

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the source tree. */
export const treeRoot = fileURLToPath(new URL("../..", import.meta.url));

/** What one generator makes. */
export interface GeneratedTree {
  /** Content by path from the tree's root. */
  readonly files: ReadonlyMap<string, string>;
  /** Files with this ending in these folders are this generator's alone: one that it did not make is stale. */
  readonly owned: readonly { readonly folder: string; readonly ending: string }[];
}

/** One file that is not as it would be generated. */
export interface Drift {
  readonly path: string;
  readonly state: "missing" | "differs" | "stale";
}

/** Every file of `trees` that is missing, differs, or is no longer generated. */
export async function findDrift(trees: readonly GeneratedTree[]): Promise<readonly Drift[]> {
  const drift: Drift[] = [];
  for (const [path, content] of trees.flatMap((tree) => [...tree.files])) {
    const present = await readIfThere(path);
    if (present !== content) {
      drift.push({ path, state: present === undefined ? "missing" : "differs" });
    }
  }
  const made = new Set(trees.flatMap((tree) => [...tree.files.keys()]));
  for (const { folder, ending } of trees.flatMap((tree) => tree.owned)) {
    const stale = (await filesUnder(folder)).filter(
      (path) => path.endsWith(ending) && !made.has(path),
    );
    drift.push(...stale.map((path): Drift => ({ path, state: "stale" })));
  }
  return drift;
}

/** Brings the tree to what was generated. */
export async function writeTree(
  trees: readonly GeneratedTree[],
  drift: readonly Drift[],
): Promise<void> {
  const files = new Map(trees.flatMap((tree) => [...tree.files]));
  for (const { path } of drift) {
    const target = join(treeRoot, path);
    const content = files.get(path);
    if (content === undefined) {
      await rm(target);
    } else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
}

/** A tree without files, for a generator whose source is not there. */
export const nothingGenerated: GeneratedTree = { files: new Map(), owned: [] };

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(join(treeRoot, path), "utf8").catch(undefinedIfMissing);
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = (await readdir(join(treeRoot, folder), options).catch(undefinedIfMissing)) ?? [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(treeRoot, join(entry.parentPath, entry.name)));
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    return undefined;
  }
  throw error;
}
