// SPDX-License-Identifier: Apache-2.0
/** Where full backups lie: folders with one stream each, which are there whole or not at all. */

import { Refusal } from "../../audit/event.ts";
import type { Bytes } from "../byte-source.ts";

/** A place for backups. */
export interface BackupTarget {
  /** Where it is, without anything that gives access to it. */
  readonly uri: string;
  /** Writes a new folder; nothing of it is there before all of it is. */
  write(folder: string, bytes: Bytes): Promise<void>;
  /** The stream of a folder. @throws {Refusal} `NotFound` if there is none */
  read(folder: string): AsyncIterable<Uint8Array>;
  /** Writes something small and takes it away again. @throws {Refusal} what a backup would be refused with */
  probe(): Promise<void>;
}

/** A folder's name, as we make them. @throws {Refusal} `BadParameter` of any other */
export function requireFolderName(name: string): string {
  if (!/^strongroom-\d{14}-[0-9a-f]{8}$/.test(name)) {
    throw new Refusal("BadParameter", "the folder is not named as this vault names its backups");
  }
  return name;
}

/** Name of the stream in its folder. */
export const streamName = "backup";

/** The refusal of a folder that is not there. */
export function noSuchBackup(): Refusal {
  return new Refusal("NotFound", "there is no backup in this folder");
}
