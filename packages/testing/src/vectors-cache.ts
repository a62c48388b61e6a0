// SPDX-License-Identifier: Apache-2.0
/** Vectors that others publish as packages, from the cache that `make setup` fills. */

import { globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

// biome-ignore lint/style/noProcessEnv: a test has no main.ts, and the cache's place is the machine's affair
const { STRONGROOM_CACHE, XDG_CACHE_HOME } = process.env;

/** The JSON of a file below `vectors`; the folder's version may be a star. Throws a sentence that says how to get it. */
export function cachedVectors(pattern: string): unknown {
  const cache = STRONGROOM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "strongroom");
  const path = globSync(join(cache, "vectors", pattern))[0];
  if (path === undefined) {
    throw new Error(`no ${pattern} in ${cache}: run "make setup"`);
  }
  return JSON.parse(readFileSync(path, "utf8"));
}
