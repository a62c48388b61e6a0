// SPDX-License-Identifier: Apache-2.0
/** Writes a status, and only if it says something new. */

import { apiVersion, type CommonStatus } from "@strongroom/api";
import type { ResourceName } from "@strongroom/kube";
import type { OperatorDeps } from "./operator-deps.ts";
import type { StrongroomResource } from "./resource.ts";
import { isSameStatus } from "./status.ts";

/** Applies `status` to `resource`. Resolves with whether anything was written. */
export async function writeStatus<Status extends CommonStatus>(
  { kube }: Pick<OperatorDeps, "kube">,
  { plural, kind }: { readonly plural: string; readonly kind: string },
  { metadata, status: before }: StrongroomResource<Status>,
  status: Status,
): Promise<boolean> {
  if (isSameStatus(before, status)) {
    return false;
  }
  const { name, namespace, uid } = metadata;
  const place: ResourceName = { apiVersion, plural, namespace, name, subresource: "status" };
  // The uid makes this a conflict where the name has a new object by now.
  await kube.apply(place, {
    ...{ apiVersion, kind, metadata: { name, namespace, uid } },
    ...{ status },
  });
  return true;
}
