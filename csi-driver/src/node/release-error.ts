// SPDX-License-Identifier: Apache-2.0
/** What a pod's author reads when a release was denied: the class, the names that the pod asked for itself, and the command that says why. */

import { StrongroomError } from "@strongroom/core";
import type { Denial } from "../release/release-secrets.ts";
import { hostOf } from "../release/vault-host.ts";
import type { PublishDeps } from "./publish-deps.ts";
import type { ObjectItem, PublishRequest, VolumeItem } from "./publish-request.ts";

/** Objects in the command: an event has 1,024 characters. */
const maxNamed = 3;

/** A denial as an error. */
export function deniedError(
  denials: readonly Denial[],
  { items, pod, vault }: Pick<PublishRequest, "items" | "pod" | "vault">,
  { nodeName }: Pick<PublishDeps, "nodeName">,
): StrongroomError {
  const { namespace, serviceAccount } = pod;
  const denied = denials.flatMap((denial) =>
    items.filter(({ name }) => name === denial.name).map((item) => ({ ...denial, item })),
  );
  const listed = denied.map((denial) => `${objectOf(denial.item)}: ${denial.class}`).join(", ");
  const command = [
    "strongroom policy explain",
    ...denied.slice(0, maxNamed).map(({ item }) => argumentOf(item)),
    ...["--node", nodeName, "--service-account", `${namespace}/${serviceAccount}`],
    ...["--url", `https://${hostOf({ name: vault, namespace })}`],
    "--ca infrastructure-ca.crt --token-file token",
  ].join(" ");
  return new StrongroomError("ReleaseDenied", `release denied: ${listed}; to see why: ${command}`);
}

function objectOf(item: VolumeItem): string {
  return item.kind === "secret" ? `secrets/${item.name}` : `keys/${item.key.name}`;
}

function argumentOf(item: VolumeItem): string {
  return item.kind === "secret"
    ? `${objectOf(item)}${versionOf(item)}`
    : `${objectOf(item)}${versionOf(item.key)}:${item.wrapped.alg}`;
}

function versionOf({ version }: ObjectItem): string {
  return version === undefined ? "" : `/${version}`;
}
