// SPDX-License-Identifier: Apache-2.0
/** NodeUnpublishVolume: wipes, unmounts, removes. Needs no vault, and may be called any number of times. */

import type { NodeUnpublishVolumeRequest__Output } from "../generated/csi/v1/NodeUnpublishVolumeRequest.ts";
import { isOurs, mountAt } from "../volume/tmpfs.ts";
import { wipeVolume } from "../volume/wipe-volume.ts";
import { checkTarget } from "./check-target.ts";
import { parsePlace } from "./parse-publish.ts";
import type { PublishDeps } from "./publish-deps.ts";
import { removeTarget } from "./remove-target.ts";

/** Removes a volume; stops a publish of it that is under way. @throws {StrongroomError} `BadParameter`. */
export async function unpublish(
  deps: PublishDeps,
  call: NodeUnpublishVolumeRequest__Output,
): Promise<void> {
  try {
    await removeVolume(deps, parsePlace(call));
    deps.metrics.unpublished("unpublished");
  } catch (error) {
    deps.metrics.unpublished("failed");
    throw error;
  }
}

async function removeVolume(
  deps: PublishDeps,
  { volumeId, targetPath }: ReturnType<typeof parsePlace>,
): Promise<void> {
  await checkTarget(deps.podsDirectory, targetPath);
  using _lock = await deps.locks.takeOver(targetPath);
  // Looked at again: the publish that was under way may have changed it.
  if ((await checkTarget(deps.podsDirectory, targetPath)) === "directory") {
    try {
      await wipe(targetPath);
    } catch (error) {
      deps.log.failure("volume not wiped before it is unmounted", error, { volume: volumeId });
    }
    await removeTarget(deps, targetPath);
  }
  deps.book.delete(targetPath);
}

async function wipe(target: string): Promise<void> {
  const mount = await mountAt(target);
  if (mount !== undefined && isOurs(mount)) {
    await wipeVolume(target);
  }
}
