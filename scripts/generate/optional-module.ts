// SPDX-License-Identifier: Apache-2.0
/** A module of the tree that a generator uses when it is there. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { treeRoot } from "./generated-tree.ts";

/** The exports of the module at `path` from the tree's root, or `undefined` if there is no such file. */
export async function importIfThere(
  path: string,
): Promise<{ readonly [name: string]: unknown } | undefined> {
  const file = join(treeRoot, path);
  return existsSync(file) ? await import(pathToFileURL(file).href) : undefined;
}
