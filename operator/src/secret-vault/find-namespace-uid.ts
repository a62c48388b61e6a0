// SPDX-License-Identifier: Apache-2.0
/** Which namespace a SecretVault is in: one that is made anew under the same name is another one. */

import { StrongroomError } from "@strongroom/core";
import type { KubeClient } from "@strongroom/kube";

/** The namespace's uid. @throws {StrongroomError} `Conflict` where it is gone, and what is in it about to be */
export async function findNamespaceUid(
  kube: Pick<KubeClient, "get">,
  name: string,
): Promise<string> {
  const namespace = await kube.get({ apiVersion: "v1", plural: "namespaces", name });
  const uid = namespace?.metadata.uid;
  if (uid === undefined) {
    throw new StrongroomError("Conflict", `namespace ${name} is gone`);
  }
  return uid;
}
