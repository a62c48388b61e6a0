// SPDX-License-Identifier: Apache-2.0
/** Published test vectors: read from a folder beside the repository, never copied into it. */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Reads files of the vectors' folder. */
export interface Vectors {
  readonly bytes: (path: string) => Uint8Array;
  readonly text: (path: string) => string;
}

const besideRepository = resolve(import.meta.dirname, "../../../../../shared/vectors");

/** Where the vectors are: in the folder that somebody named, or beside the repository. */
export const vectorsFolder = (named: string | undefined): string => named ?? besideRepository;

/** The vectors in `folder`, or undefined, said once on standard error, where there is no such folder. */
export function openVectors(folder = besideRepository): Vectors | undefined {
  if (!existsSync(folder)) {
    process.stderr.write(`skipped: no test vectors at ${folder} (set STRONGROOM_VECTORS)\n`);
    return undefined;
  }
  return {
    bytes: (path) => new Uint8Array(readFileSync(join(folder, path))),
    text: (path) => readFileSync(join(folder, path), "utf8"),
  };
}
