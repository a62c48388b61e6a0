// SPDX-License-Identifier: Apache-2.0
/** Takes back what a publish put into place. */

import { rmdir } from "node:fs/promises";
import { StrongroomError } from "@strongroom/core";
import { mountAt } from "../volume/tmpfs.ts";
import type { PublishDeps } from "./publish-deps.ts";

/** Unmounts whatever of ours is at the target and removes the directory; a stranger's mount is left alone. */
export async function removeTarget(deps: PublishDeps, target: string): Promise<void> {
  await deps.tmpfs.unmount(target);
  deps.book.delete(target);
  const mount = await mountAt(target);
  if (mount !== undefined) {
    throw new StrongroomError("Conflict", "something else is mounted at target_path");
  }
  await rmdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") {
      throw error;
    }
  });
}
