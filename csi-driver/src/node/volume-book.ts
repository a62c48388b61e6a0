// SPDX-License-Identifier: Apache-2.0
/** What the plugin knows about the volumes of its node. In memory only: the mounts themselves are what lasts. */

import { StrongroomError } from "@strongroom/core";
import { contentBytes } from "../limits.ts";
import { readMounts } from "../volume/mount-info.ts";
import { usedBytes } from "../volume/read-volume.ts";
import { isOurs } from "../volume/tmpfs.ts";

/** One published volume. */
export interface VolumeEntry {
  /** Bytes that it takes, in whole pages. */
  readonly bytes: number;
  /** When the vault last said that its pod may have it; unknown after a restart. */
  readonly checkedAt?: Date;
}

/** The volumes of the node, by target path. */
export interface VolumeBook {
  get(target: string): VolumeEntry | undefined;
  set(target: string, entry: VolumeEntry): void;
  delete(target: string): void;
  readonly count: number;
  /** @throws {StrongroomError} `VolumeFull` when `bytes` are too much for one volume, or for the node with its others. */
  assertRoom(target: string, bytes: number): void;
}

/** An empty book. @param limit Bytes for all volumes together. */
export function createVolumeBook(limit: number): VolumeBook {
  const entries = new Map<string, VolumeEntry>();
  return {
    get: (target) => entries.get(target),
    set: (target, entry) => void entries.set(target, entry),
    delete: (target) => void entries.delete(target),
    get count() {
      return entries.size;
    },
    assertRoom: (target, bytes) => {
      if (bytes > contentBytes) {
        const sizes = `${bytes} bytes of at most ${contentBytes}`;
        throw new StrongroomError("VolumeFull", `the secrets take ${sizes}, in whole pages`);
      }
      const own = entries.get(target)?.bytes ?? 0;
      const taken = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, -own);
      if (taken + bytes > limit) {
        throw new StrongroomError("VolumeFull", "the volumes of this node hold too much already");
      }
    },
  };
}

/** Enters the volumes that an earlier process of this plugin left mounted. Returns how many there are. */
export async function recoverVolumes(book: VolumeBook, podsDirectory: string): Promise<number> {
  const mounts = (await readMounts()).filter(
    (mount) => isOurs(mount) && mount.target.startsWith(`${podsDirectory}/`),
  );
  for (const { target } of mounts) {
    book.set(target, { bytes: await usedBytes(target) });
  }
  return book.count;
}
