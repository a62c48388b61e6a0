// SPDX-License-Identifier: Apache-2.0
/** A republish: brings a running pod's files up to date when that is possible, and else leaves them as they are. */

import type { NodePublishVolumeRequest__Output } from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import type { RepublishResult } from "../health/metrics.ts";
import { oldFilesKept } from "../limits.ts";
import { accessFor } from "../volume/access.ts";
import { holds } from "../volume/read-volume.ts";
import { bytesOf, type SecretFile, wipeFiles } from "../volume/secret-file.ts";
import { writeVolume } from "../volume/write-volume.ts";
import { parsePublish } from "./parse-publish.ts";
import type { PublishDeps } from "./publish-deps.ts";
import type { PublishRequest } from "./publish-request.ts";
import { deniedError } from "./release-error.ts";

/** Which volume, and when to stop. */
export interface RepublishPlace {
  readonly volumeId: string;
  readonly targetPath: string;
  readonly signal: AbortSignal;
}

/** Never throws and never unmounts: a failure is logged and counted, and the last good content stays. */
export async function republish(
  deps: PublishDeps,
  call: NodePublishVolumeRequest__Output,
  place: RepublishPlace,
): Promise<void> {
  const { log, metrics } = deps;
  try {
    metrics.republished(await bringUpToDate(deps, call, place));
  } catch (error) {
    metrics.republished("failed");
    log.failure("republish failed, content kept", error, { volume: place.volumeId });
  }
}

async function bringUpToDate(
  deps: PublishDeps,
  call: NodePublishVolumeRequest__Output,
  { volumeId, targetPath, signal }: RepublishPlace,
): Promise<RepublishResult> {
  const at = deps.clock.now();
  const checkedAt = deps.book.get(targetPath)?.checkedAt;
  if (checkedAt !== undefined && at.getTime() - checkedAt.getTime() < deps.waits.rightsFresh) {
    return "fresh";
  }
  const request = parsePublish(call, deps.audience);
  const inTime = AbortSignal.any([signal, deps.stopping, AbortSignal.timeout(deps.waits.again)]);
  const outcome = await deps.release(request, inTime);
  if (outcome.kind === "denied") {
    const denied = deniedError(outcome.denials, request, deps);
    deps.log.failure("release denied on republish, content kept", denied, { volume: volumeId });
    return "denied";
  }
  try {
    return await update(deps, request, outcome.files);
  } finally {
    wipeFiles(outcome.files);
  }
}

async function update(
  { book, clock }: PublishDeps,
  { targetPath, mountGroup }: PublishRequest,
  files: readonly SecretFile[],
): Promise<RepublishResult> {
  const at = clock.now();
  const bytes = bytesOf(files);
  if (await holds(targetPath, files)) {
    book.set(targetPath, { bytes, checkedAt: at });
    return "unchanged";
  }
  book.assertRoom(targetPath, bytes);
  const beforeRemoval = () => clock.sleep(oldFilesKept);
  await writeVolume(targetPath, files, { access: accessFor(mountGroup), at, beforeRemoval });
  book.set(targetPath, { bytes, checkedAt: at });
  return "updated";
}
