// SPDX-License-Identifier: Apache-2.0
/** Makes the folder of a development vault, and finds what would be in the way before anything starts. */

import { access, constants, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "@strongroom/core";
import { CommandError } from "../terminal.ts";
import type { DevFolder } from "./dev-folder.ts";

/** Makes what is missing. @throws {CommandError} `BadParameter` if nothing can be written there */
export async function prepareFolder(folder: DevFolder): Promise<void> {
  try {
    for (const path of [folder.root, folder.token, folder.store, folder.trust]) {
      await makeFolder(path);
      await access(path, constants.W_OK | constants.X_OK);
    }
    await rm(folder.devJson, { force: true });
  } catch (error) {
    throw new CommandError(
      "BadParameter",
      `nothing can be written in ${folder.root} (${errnoOf(error) ?? "failed"})`,
      "choose another folder with --dir",
    );
  }
}

// Not `recursive`: that tries for ever where a folder exists in which nothing can be made (/proc).
async function makeFolder(path: string): Promise<void> {
  const make = async () => await mkdir(path, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (errnoOf(error) === "EEXIST") {
      return;
    }
    if (errnoOf(error) !== "ENOENT") {
      throw error;
    }
    await makeFolder(dirname(path));
    await make();
  }
}
