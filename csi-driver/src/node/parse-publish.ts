// SPDX-License-Identifier: Apache-2.0
/** Turns a NodePublishVolume call into a request, or says what is wrong with it. CSI 1.12, NodePublishVolume. */

import { vaultNameSchema } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { NodePublishVolumeRequest__Output } from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import type { VolumeCapability__Output } from "../generated/csi/v1/VolumeCapability.ts";
import { largestGid } from "../limits.ts";
import { parseItems } from "./parse-items.ts";
import { parsePodToken } from "./parse-pod-token.ts";
import type { PublishRequest } from "./publish-request.ts";

const podKey = "csi.storage.k8s.io/";
const name = z.string().min(1).max(253);
/** 64 names with versions, or some twenty data keys under an RSA-4096 key. */
const itemList = z.string().min(1).max(16_384);

// What the pod's author wrote, and what kubelet adds where the CSIDriver says `podInfoOnMount`. Kubelet's own keys win
// over an author's of the same name.
const VolumeContext = z.strictObject({
  vault: vaultNameSchema,
  secrets: itemList.optional(),
  dataKeys: itemList.optional(),
  [`${podKey}ephemeral`]: z.literal("true", "must be true: only inline volumes are served"),
  [`${podKey}pod.name`]: name,
  [`${podKey}pod.namespace`]: name,
  [`${podKey}pod.uid`]: name,
  [`${podKey}serviceAccount.name`]: name,
});

/** Volume id and target path of a call. @throws {StrongroomError} `BadParameter` where one is missing. */
export function parsePlace(call: { readonly volumeId: string; readonly targetPath: string }): {
  readonly volumeId: string;
  readonly targetPath: string;
} {
  const { volumeId, targetPath } = call;
  if (volumeId === "" || volumeId.length > 256) {
    throw new StrongroomError("BadParameter", "volume_id is missing or too long");
  }
  if (targetPath === "" || targetPath.length > 4095) {
    throw new StrongroomError("BadParameter", "target_path is missing or too long");
  }
  return { volumeId, targetPath };
}

/**
 * Checks every field of a call.
 *
 * @param audience Whose token the pod must have brought.
 * @throws {StrongroomError} `BadParameter`, or `TokenMissing` without a token for `audience`.
 */
export function parsePublish(
  call: NodePublishVolumeRequest__Output,
  audience: string,
): PublishRequest {
  const place = parsePlace(call);
  const mountGroup = parseCapability(call.volumeCapability);
  const context = parseContext(call.volumeContext);
  return {
    ...place,
    mountGroup,
    pod: {
      name: context[`${podKey}pod.name`],
      namespace: context[`${podKey}pod.namespace`],
      uid: context[`${podKey}pod.uid`],
      serviceAccount: context[`${podKey}serviceAccount.name`],
    },
    vault: context.vault,
    items: parseItems(context),
    token: parsePodToken(call.secrets, audience),
  };
}

function parseCapability(capability: VolumeCapability__Output | null): number | undefined {
  const mount = capability?.mount;
  if (mount === undefined || mount === null) {
    throw new StrongroomError("BadParameter", "volume_capability must be a mount");
  }
  if (mount.mountFlags.length > 0) {
    throw new StrongroomError("BadParameter", "mount_flags are not possible");
  }
  return parseGroup(mount.volumeMountGroup);
}

function parseGroup(text: string): number | undefined {
  if (text === "") {
    return undefined;
  }
  const gid = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(gid <= largestGid)) {
    throw new StrongroomError("BadParameter", "volume_mount_group is not a group id");
  }
  return gid;
}

function parseContext(context: Readonly<Record<string, string>>): z.output<typeof VolumeContext> {
  const parsed = VolumeContext.safeParse(context);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new StrongroomError("BadParameter", describe(issue));
}

// Names the attribute and what is wrong with it, never what it holds: an author may have put a token there.
function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") {
    return `volume attribute ${JSON.stringify(issue.keys[0]?.slice(0, 64))} is not known or not allowed`;
  }
  return `volume attribute "${issue?.path.join(".") ?? ""}": ${issue?.message ?? "is wrong"}`;
}
