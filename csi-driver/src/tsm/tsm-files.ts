// SPDX-License-Identifier: Apache-2.0
/** The file operations that configfs-tsm is spoken to with. Linux, Documentation/ABI/testing/configfs-tsm. */

import { constants } from "node:fs";
import { mkdir, open, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { utf8 } from "@strongroom/core";

/** A report's attributes. */
export type TsmAttribute =
  | "auxblob"
  | "generation"
  | "inblob"
  | "outblob"
  | "privlevel"
  | "provider";

/** Providers whose answers are evidence of a known kind. */
const providers = ["sev_guest", "tdx_guest", "arm_cca_guest"] as const;

/** What a report's `provider` says. */
export type TsmProvider = (typeof providers)[number];

/** Whether it is one of these. */
export function isTsmProvider(name: string): name is TsmProvider {
  return (providers as readonly string[]).includes(name);
}

/** One folder is one report; errors are the kernel's. */
export interface TsmFiles {
  makeReport(folder: string): Promise<void>;
  read(folder: string, attribute: TsmAttribute): Promise<Uint8Array>;
  write(folder: string, attribute: TsmAttribute, content: Uint8Array | string): Promise<void>;
  removeReport(folder: string): Promise<void>;
}

/** The kernel's. */
export const systemTsmFiles: TsmFiles = {
  makeReport: async (folder) => {
    await mkdir(folder, { mode: 0o700 });
  },
  read: async (folder, attribute) => new Uint8Array(await readFile(join(folder, attribute))),
  write: async (folder, attribute, content) => {
    // Attributes are written, never made: without O_CREAT a kernel that lacks one says so. Some cannot be read.
    await using file = await open(join(folder, attribute), constants.O_WRONLY);
    await file.write(typeof content === "string" ? utf8(content) : content);
  },
  removeReport: async (folder) => {
    await rmdir(folder);
  },
};
