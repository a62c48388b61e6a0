// SPDX-License-Identifier: Apache-2.0
/**
 * Puts a set of files into a volume so that a reader sees all of the old set or all of the new one: the files are in a
 * directory of their own, and one symbolic link, replaced by rename(2), says in which.
 */

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readlink, rename, symlink, unlink } from "node:fs/promises";
import { toHex } from "@strongroom/core";
import { dataLink } from "../names.ts";
import type { Access } from "./access.ts";
import { inside, namesIn, openDirectory, removeFlat } from "./directory.ts";
import type { SecretFile } from "./secret-file.ts";

/** How a set of files is put into place. */
export interface WriteOptions {
  readonly access: Access;
  /** Goes into the name of the directory, for whoever looks at it. */
  readonly at: Date;
  /** Waits between the switch and the removal of what was replaced, for readers that are on their way through. */
  readonly beforeRemoval: () => Promise<void>;
}

/**
 * Replaces the content of the volume mounted at `target`. When it fails, readers still see what was there before.
 * As soon as the link exists, the volume is complete.
 */
export async function writeVolume(
  target: string,
  files: readonly SecretFile[],
  options: WriteOptions,
): Promise<void> {
  await using volume = await openDirectory(target);
  const before = await namesIn(volume);
  const generation = await writeGeneration(volume, files, options);
  // The visible names come first: they lead nowhere for an instant, but never does the data link lead to a volume
  // of which some names are missing.
  await linkNames(volume, files);
  await pointTo(volume, generation);
  if (before.includes(dataLink)) {
    await options.beforeRemoval();
  }
  await removeStale(volume, before, files);
}

async function writeGeneration(
  volume: FileHandle,
  files: readonly SecretFile[],
  { access, at }: WriteOptions,
): Promise<string> {
  const generation = `..${at.toISOString().replaceAll(":", "")}-${toHex(randomBytes(4))}`;
  // Closed to everyone until it is whole.
  await mkdir(inside(volume, generation), 0o700);
  try {
    await using directory = await openDirectory(inside(volume, generation));
    for (const file of files) {
      await writeFile(inside(directory, file.name), file, access);
    }
    await directory.chown(0, access.gid);
    await directory.chmod(access.directoryMode);
  } catch (error) {
    await removeFlat(volume, generation);
    throw error;
  }
  return generation;
}

async function writeFile(path: string, file: SecretFile, access: Access): Promise<void> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  await using handle = await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
  await handle.writeFile(file.content.reveal());
  await handle.chown(0, access.gid);
  await handle.chmod(access.fileMode);
}

async function linkNames(volume: FileHandle, files: readonly SecretFile[]): Promise<void> {
  for (const { name } of files) {
    const place = `${dataLink}/${name}`;
    const found = await readlink(inside(volume, name)).catch(() => undefined);
    if (found !== place) {
      await unlink(inside(volume, name)).catch(() => undefined);
      await symlink(place, inside(volume, name));
    }
  }
}

async function pointTo(volume: FileHandle, generation: string): Promise<void> {
  const next = `${dataLink}_next`;
  await unlink(inside(volume, next)).catch(() => undefined);
  await symlink(generation, inside(volume, next));
  await rename(inside(volume, next), inside(volume, dataLink));
}

async function removeStale(
  volume: FileHandle,
  before: readonly string[],
  files: readonly SecretFile[],
): Promise<void> {
  const kept = new Set([dataLink, ...files.map((file) => file.name)]);
  for (const name of before.filter((entry) => !kept.has(entry))) {
    await (name.startsWith("..") ? removeFlat(volume, name) : unlink(inside(volume, name))).catch(
      () => undefined,
    );
  }
}
