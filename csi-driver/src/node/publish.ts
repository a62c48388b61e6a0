// SPDX-License-Identifier: Apache-2.0
/** NodePublishVolume: decides between a first publish, which may fail, and a republish, which may not. */

import type { NodePublishVolumeRequest__Output } from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import { isComplete } from "../volume/read-volume.ts";
import { isOurs, mountAt } from "../volume/tmpfs.ts";
import { checkTarget } from "./check-target.ts";
import { firstPublish } from "./first-publish.ts";
import { parsePlace } from "./parse-publish.ts";
import type { CallContext, PublishDeps } from "./publish-deps.ts";
import { republish } from "./republish.ts";

/**
 * Publishes a volume.
 *
 * A final status means that nothing of ours is mounted at the target: kubelet forgets a volume whose publish failed for
 * good, and never unpublishes it. A volume that is published stays so, whatever the vault says (kubernetes#121271).
 *
 * @throws {StrongroomError} As the CSI specification has it, by the error table's gRPC codes.
 */
export async function publish(
  deps: PublishDeps,
  call: NodePublishVolumeRequest__Output,
  context: CallContext,
): Promise<void> {
  const { volumeId, targetPath } = parsePlace(call);
  const state = await checkTarget(deps.podsDirectory, targetPath);
  using lock = deps.locks.lock(targetPath);
  if (state === "directory" && (await isPublished(deps, targetPath))) {
    await republish(deps, call, { volumeId, targetPath, signal: lock.signal });
    return;
  }
  const cancelled = AbortSignal.any([lock.signal, context.cancelled, deps.stopping]);
  await firstPublish(deps, call, { ...context, cancelled });
}

// What an earlier process left half made has no data link, and no container has started with it.
async function isPublished({ book }: PublishDeps, target: string): Promise<boolean> {
  const mount = await mountAt(target);
  if (mount === undefined || !isOurs(mount)) {
    return false;
  }
  return book.get(target) !== undefined || (await isComplete(target));
}
