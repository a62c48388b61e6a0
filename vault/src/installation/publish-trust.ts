// SPDX-License-Identifier: Apache-2.0
/** Tells components whom to trust: writes our certificates into their ConfigMaps, once, and later only beside the old. */

import { caConfigMapKeys } from "@strongroom/api";
import { type Clock, halfJitter, type Log } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import type { InstallationKeys } from "./installation-keys.ts";

const firstWait = 500;
const longestWait = 30_000;

/** What publishing works with. */
export interface PublishDeps {
  readonly kubernetes: InClusterClient;
  readonly keys: InstallationKeys;
  readonly targets: readonly { readonly namespace: string; readonly name: string }[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Publishes to every target, again and again until it is done or `signal` aborts. */
export async function publishTrust(deps: PublishDeps, signal: AbortSignal): Promise<void> {
  await Promise.all(deps.targets.map((target) => publishTo(deps, target, signal)));
}

async function publishTo(
  deps: PublishDeps,
  target: PublishDeps["targets"][number],
  signal: AbortSignal,
): Promise<void> {
  for (let wait = firstWait; !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
    try {
      await publishOnce(deps, target);
      return;
    } catch (error) {
      deps.log.failure("trust is not published yet", error, { ...target });
      await deps.clock.sleep(halfJitter(wait), signal).catch(() => undefined);
    }
  }
}

async function publishOnce(
  deps: PublishDeps,
  { namespace, name }: PublishDeps["targets"][number],
): Promise<void> {
  const known = await deps.kubernetes.getConfigMap(namespace, name);
  const wanted = {
    [caConfigMapKeys.infrastructureCa]: deps.keys.infrastructureCa.certificate.toString(),
    [caConfigMapKeys.releaseRoot]: deps.keys.releaseRoot.certificate.toString(),
  };
  const missing: Record<string, string> = {};
  for (const [key, pem] of Object.entries(wanted)) {
    const present = known[key] ?? "";
    if (!present.includes(pem.trim())) {
      missing[key] = present === "" ? pem : `${present.trimEnd()}\n${pem}`;
    }
  }
  if (Object.keys(missing).length > 0) {
    await deps.kubernetes.patchConfigMap(namespace, name, missing);
    deps.log.info("published what to trust", { namespace, name });
  }
}
