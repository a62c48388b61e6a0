// SPDX-License-Identifier: Apache-2.0
/** A host over a module that records its calls and takes faults, in folders of its own. */

import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Folders,
  init,
  makeFolders,
  type ProgramChoice,
  recordingHost,
} from "./host-process.ts";

/** An initialised token whose host runs over a module that records calls and takes faults. */
export interface Scene extends Folders {
  readonly choice: ProgramChoice;
  /** How often the host called `name` so far. */
  count(name: string): Promise<number>;
  setFault(name: string): Promise<void>;
  clearFault(name: string): Promise<void>;
}

/** A fresh one. */
export async function makeScene(): Promise<Scene> {
  const folders = await makeFolders();
  await init(folders);
  const folder = join(folders.data, "..", "record");
  await mkdir(folder);
  const calls = join(folder, "calls");
  return {
    ...folders,
    choice: { program: recordingHost, args: [folder] },
    count: async (name) =>
      existsSync(calls)
        ? (await readFile(calls, "utf8")).split("\n").filter((line) => line === name).length
        : 0,
    setFault: (name) => writeFile(join(folder, `fault-${name}`), ""),
    clearFault: (name) => rm(join(folder, `fault-${name}`)),
  };
}
