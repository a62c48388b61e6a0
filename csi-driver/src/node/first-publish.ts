// SPDX-License-Identifier: Apache-2.0
/** The first publish of a volume: everything is known to be right before anything is mounted. */

import { mkdir } from "node:fs/promises";
import { isStrongroomError, StrongroomError } from "@strongroom/core";
import type { NodePublishVolumeRequest__Output } from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import type { PublishResult } from "../health/metrics.ts";
import { deadlineReserve, oldFilesKept } from "../limits.ts";
import type { ReleaseOutcome } from "../release/release-secrets.ts";
import { retry } from "../retry.ts";
import { accessFor } from "../volume/access.ts";
import { bytesOf, type SecretFile, wipeFiles } from "../volume/secret-file.ts";
import { writeVolume } from "../volume/write-volume.ts";
import { parsePublish } from "./parse-publish.ts";
import type { CallContext, PublishDeps } from "./publish-deps.ts";
import type { PublishRequest } from "./publish-request.ts";
import { deniedError } from "./release-error.ts";
import { removeTarget } from "./remove-target.ts";

/** Publishes a volume for the first time, or leaves nothing behind. */
export async function firstPublish(
  deps: PublishDeps,
  call: NodePublishVolumeRequest__Output,
  context: CallContext,
): Promise<void> {
  const started = deps.clock.now().getTime();
  try {
    await publishOrClean(deps, call, context);
    deps.metrics.published("published", (deps.clock.now().getTime() - started) / 1000);
  } catch (error) {
    deps.metrics.published(resultOf(error), 0);
    throw error;
  }
}

async function publishOrClean(
  deps: PublishDeps,
  call: NodePublishVolumeRequest__Output,
  context: CallContext,
): Promise<void> {
  const { targetPath } = call;
  try {
    await removeTarget(deps, targetPath);
    const request = parsePublish(call, deps.audience);
    const outcome = await releaseInTime(deps, request, context);
    if (outcome.kind === "denied") {
      throw deniedError(outcome.denials, request, deps);
    }
    await fill(deps, request, outcome.files);
  } catch (error) {
    // Only once our mount is gone may kubelet hear a final code.
    await removeTarget(deps, targetPath).catch((cause: unknown) => {
      throw new StrongroomError("Conflict", "the volume is not cleaned up yet", { cause });
    });
    throw error;
  }
}

async function releaseInTime(
  deps: PublishDeps,
  request: PublishRequest,
  { cancelled, deadline }: CallContext,
): Promise<ReleaseOutcome> {
  const left = deadline - deps.clock.now().getTime() - deadlineReserve;
  const patience = AbortSignal.timeout(Math.max(0, Math.min(deps.waits.first, left)));
  const signal = AbortSignal.any([cancelled, patience]);
  try {
    return await retry(deps, signal, () => deps.release(request, signal));
  } catch (cause) {
    if (cancelled.aborted) {
      throw new StrongroomError("Conflict", "the call was given up", { cause });
    }
    if (patience.aborted && !isStrongroomError(cause)) {
      throw new StrongroomError("VaultUnavailable", "vault unavailable: no answer", { cause });
    }
    throw cause;
  }
}

async function fill(
  deps: PublishDeps,
  request: PublishRequest,
  files: readonly SecretFile[],
): Promise<void> {
  const { targetPath, mountGroup } = request;
  const access = accessFor(mountGroup);
  const at = deps.clock.now();
  try {
    const bytes = bytesOf(files);
    deps.book.assertRoom(targetPath, bytes);
    await mkdir(targetPath, { mode: 0o750 });
    await deps.tmpfs.mount(targetPath, access);
    await writeVolume(targetPath, files, {
      access,
      at,
      beforeRemoval: () => deps.clock.sleep(oldFilesKept),
    });
    deps.book.set(targetPath, { bytes, checkedAt: at });
  } finally {
    wipeFiles(files);
  }
}

function resultOf(error: unknown): PublishResult {
  if (!isStrongroomError(error)) {
    return "failed";
  }
  switch (error.code) {
    case "ReleaseDenied":
      return "denied";
    case "AttestationRefused":
    case "BadParameter":
    case "TokenMissing":
      return "refused";
    case "VaultUnavailable":
    case "ResponseUntrusted":
    case "TpmUnavailable":
      return "unavailable";
    default:
      return "failed";
  }
}
