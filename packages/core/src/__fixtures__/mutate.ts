// SPDX-License-Identifier: Apache-2.0
/** The access code with one defect planted in it: the real sources, with one piece of text exchanged. */

import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** A defect. */
export interface Mutation {
  readonly file: string;
  /** Text of the source, which must be there once. */
  readonly text: string;
  readonly instead: string;
}

const sources = join(import.meta.dirname, "..");

/** Builds `entry` (a file beside this folder) with the defect, as a module in `folder`; its path. */
export async function buildMutant(
  folder: string,
  entry: string,
  { file, text, instead }: Mutation,
): Promise<string> {
  const source = await readFile(join(sources, file), "utf8");
  if (source.split(text).length !== 2) {
    throw new Error(`${file} does not hold this once: ${text}`);
  }
  const { outputFiles } = await build({
    ...{ entryPoints: [join(sources, entry)], bundle: true, write: false },
    ...{ platform: "node", format: "esm", logLevel: "silent" },
    plugins: [
      {
        name: "mutate",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
            loader: "ts",
            contents:
              basename(path) === file
                ? source.replace(text, () => instead)
                : await readFile(path, "utf8"),
          }));
        },
      },
    ],
  });
  const target = join(folder, `mutant-${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(target, outputFiles[0]?.contents ?? "");
  return target;
}
