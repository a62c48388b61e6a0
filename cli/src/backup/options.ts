// SPDX-License-Identifier: Apache-2.0
/** What the commands for backups are told, read: where a backup lies, and a head that is given up. */

import { type LogHeadBody, logHeadSchema, type Storage } from "@strongroom/api";
import { parseJson } from "@strongroom/core";
import type { Command } from "commander";
import { readText } from "../connection.ts";
import { CommandError } from "../terminal.ts";

/** Where a backup lies. */
export interface StorageOptions {
  readonly storage?: string;
  readonly sasFile?: string;
}

/** Adds them. */
export function withStorage(command: Command): Command {
  return command
    .option(
      "--storage <uri>",
      "file:///backup for the configured directory, or https://HOST/CONTAINER",
    )
    .option("--sas-file <file>", "file with the SAS token that gives access to the container");
}

/** The storage that was named. @throws {CommandError} `BadParameter` if none was */
export async function readStorage({ storage, sasFile }: StorageOptions): Promise<Storage> {
  if (storage === undefined) {
    throw new CommandError("BadParameter", "--storage says where the backup lies");
  }
  const token = sasFile === undefined ? undefined : (await readText(sasFile)).trim();
  return { storageResourceUri: storage, ...(token !== undefined && { token }) };
}

/** A head in a file, as `backup head` and `audit head` print it. @throws {CommandError} `BadParameter` */
export async function readHead(file: string): Promise<LogHeadBody> {
  try {
    return logHeadSchema.parse(parseJson(await readText(file)));
  } catch (error) {
    if (error instanceof CommandError) {
      throw error;
    }
    throw new CommandError(
      "BadParameter",
      `${file} does not hold one head of an audit log`,
      "backup head prints the one that would be given up",
    );
  }
}
