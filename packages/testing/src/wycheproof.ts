// SPDX-License-Identifier: Apache-2.0
/** Project Wycheproof's vectors, from the cache that `make setup` fills. */

import { globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

// biome-ignore lint/style/noProcessEnv: a test has no main.ts, and the cache's place is the machine's affair
const { STRONGROOM_CACHE, XDG_CACHE_HOME } = process.env;

/** One vector; hexadecimal members as the file names them. */
export interface WycheproofVector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [member: string]: unknown;
}

/** Vectors that share a key or sizes. */
export interface WycheproofGroup {
  readonly tests: readonly WycheproofVector[];
  readonly [member: string]: unknown;
}

/** The groups of a file of `testvectors_v1`. Throws a sentence that says how to get it. */
export function wycheproof(file: string): readonly WycheproofGroup[] {
  const cache = STRONGROOM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "strongroom");
  const path = globSync(join(cache, "vectors/wycheproof-*/testvectors_v1", `${file}_test.json`))[0];
  if (path === undefined) {
    throw new Error(`no Wycheproof vectors in ${cache}: run "make setup"`);
  }
  return JSON.parse(readFileSync(path, "utf8")).testGroups;
}

/** A hexadecimal member as bytes. */
export function hexMember(of: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  return new Uint8Array(Buffer.from(String(of[name]), "hex"));
}
