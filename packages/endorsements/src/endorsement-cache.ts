// SPDX-License-Identifier: Apache-2.0
/**
 * Endorsements on disk: one file for each, written whole or not at all. Beside it stands how new the newest of that
 * name was, so that a damaged file does not make an older one good again.
 */

import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  createSerial,
  errnoOf,
  StrongroomError,
  sha256,
  toHex,
  utf8,
  writeDurably,
} from "@strongroom/core";
import type { Endorsement, EndorsementAge, EndorsementName } from "./endorsement.ts";
import { decodeEntry, encodeEntry } from "./entry-format.ts";
import * as limits from "./limits.ts";

/** Where endorsements are kept. */
export interface EndorsementCache {
  /** The endorsement, whatever its age; undefined where there is none, or a damaged one. */
  read(name: EndorsementName): Promise<Endorsement | undefined>;
  /** How new the newest was that was ever written under this name. */
  newest(name: EndorsementName): Promise<EndorsementAge | undefined>;
  write(endorsement: Endorsement): Promise<void>;
  /** All that are whole, in no order. */
  list(): Promise<readonly Endorsement[]>;
}

const ending = { entry: ".entry", age: ".age" } as const;

/** Opens a folder; makes it where it is missing. @throws {StrongroomError} `StoreUnavailable` if it cannot be used. */
export async function openEndorsementCache(folder: string): Promise<EndorsementCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new StrongroomError("StoreUnavailable", "the endorsements' folder cannot be made", {
      cause,
    });
  });
  const pathOf = (name: EndorsementName, kind: keyof typeof ending) =>
    join(folder, `${toHex(sha256(utf8(name)))}${ending[kind]}`);
  const read = async (name: EndorsementName, kind: keyof typeof ending) => {
    const found = await readEntry(pathOf(name, kind));
    // A file under another's name is as damaged as any.
    return found?.name === name ? found : undefined;
  };
  // One after the other: two writers of one name would take each other's unfinished file away.
  const serial = createSerial();
  const write = async (endorsement: Endorsement) => {
    const { name, age } = endorsement;
    if (age.number !== undefined || age.issuedAt !== undefined) {
      const known = encodeEntry({ ...endorsement, files: [] });
      await writeDurably(pathOf(name, "age"), known, 0o600);
    }
    await makeRoom(folder);
    await writeDurably(pathOf(name, "entry"), encodeEntry(endorsement), 0o600);
  };
  return {
    read: (name) => read(name, "entry"),
    newest: async (name) => (await read(name, "age"))?.age,
    write: (endorsement) => serial(() => write(endorsement)),
    list: async () => {
      const found = await Promise.all((await entriesOf(folder)).map(readEntry));
      return found.filter((one) => one !== undefined);
    },
  };
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(ending.entry)).map((name) => join(folder, name));
}

async function readEntry(path: string): Promise<Endorsement | undefined> {
  try {
    const { size } = await stat(path);
    return size > limits.entryBytes ? undefined : decodeEntry(await readFile(path));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      return undefined;
    }
    throw new StrongroomError("StoreUnavailable", "an endorsement cannot be read", {
      cause: error,
    });
  }
}

// What was written longest ago goes first; it is fetched again if it is wanted.
async function makeRoom(folder: string): Promise<void> {
  const paths = await entriesOf(folder);
  if (paths.length < limits.entries) {
    return;
  }
  const ages = await Promise.all(
    paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })),
  );
  const [oldest] = ages.sort((a, b) => a.at - b.at);
  if (oldest !== undefined) {
    await rm(oldest.path, { force: true });
  }
}
