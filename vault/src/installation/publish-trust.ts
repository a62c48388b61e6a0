// SPDX-License-Identifier: Apache-2.0
/** Tells components whom to trust: writes our certificates into their ConfigMaps, once, and later only beside the old. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { caConfigMapKeys } from "@strongroom/api";
import { type Clock, halfJitter, type Log } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import type { InstallationKeys } from "./installation-keys.ts";

const firstWait = 500;
const longestWait = 30_000;
const republishInterval = 600_000;

/** What publishing works with. */
export interface PublishDeps {
  readonly kubernetes: InClusterClient;
  readonly keys: InstallationKeys;
  readonly targets: readonly { readonly namespace: string; readonly name: string }[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Publishes to every target now and every ten minutes, as a ConfigMap may be made anew, until `signal` aborts. */
export async function publishTrust(deps: PublishDeps, signal: AbortSignal): Promise<void> {
  await Promise.all(deps.targets.map((target) => publishTo(deps, target, signal)));
}

async function publishTo(
  deps: PublishDeps,
  target: PublishDeps["targets"][number],
  signal: AbortSignal,
): Promise<void> {
  let retry = firstWait;
  while (!signal.aborted) {
    let wait = republishInterval;
    try {
      await publishOnce(deps, target);
      retry = firstWait;
    } catch (error) {
      deps.log.failure("trust is not published yet", error, { ...target });
      wait = retry;
      retry = Math.min(retry * 2, longestWait);
    }
    await deps.clock.sleep(halfJitter(wait), signal).catch(() => undefined);
  }
}

/** Writes the certificates into a folder, as files named like the ConfigMap's keys. */
export async function writeTrust(directory: string, keys: InstallationKeys): Promise<void> {
  for (const [name, pem] of Object.entries(trustOf(keys))) {
    await writeFile(join(directory, name), pem, { mode: 0o644 });
  }
}

function trustOf(keys: InstallationKeys): Readonly<Record<string, string>> {
  return {
    [caConfigMapKeys.infrastructureCa]: keys.infrastructureCa.certificate.toString(),
    [caConfigMapKeys.releaseRoot]: keys.releaseRoot.certificate.toString(),
  };
}

async function publishOnce(
  deps: PublishDeps,
  { namespace, name }: PublishDeps["targets"][number],
): Promise<void> {
  const known = await deps.kubernetes.getConfigMap(namespace, name);
  const missing: Record<string, string> = {};
  for (const [key, pem] of Object.entries(trustOf(deps.keys))) {
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
