// SPDX-License-Identifier: Apache-2.0
/** The node plugin as a whole, given the two things it talks to: an installation and a source of evidence. */

import { realpath } from "node:fs/promises";
import type { Server } from "node:http";
import { dirname } from "node:path";
import { type Clock, halfJitter, type Log, StrongroomError } from "@strongroom/core";
import { attest } from "./attestation/attest.ts";
import type { InstallationPort } from "./attestation/installation-port.ts";
import type { NodeEvidence } from "./attestation/node-evidence.ts";
import { type AttestationSession, createAttestationSession } from "./attestation/session.ts";
import type { Config } from "./config.ts";
import type { NodeHandlers } from "./generated/csi/v1/Node.ts";
import { listen } from "./grpc/listen.ts";
import { csiServices } from "./grpc/services.ts";
import { serveHealth } from "./health/health-server.ts";
import { createMetrics, type Metrics } from "./health/metrics.ts";
import { createIdentityService } from "./identity/identity-service.ts";
import type { PublishWaits } from "./limits.ts";
import { pluginName } from "./names.ts";
import { createNodeService } from "./node/node-service.ts";
import { createTargetLocks } from "./node/target-locks.ts";
import { createVolumeBook, recoverVolumes } from "./node/volume-book.ts";
import { createRegistration } from "./registration/registration.ts";
import { createReleaseSecrets } from "./release/release-secrets.ts";
import { createVaultIdentities } from "./release/vault-identities.ts";
import type { VaultPort } from "./release/vault-port.ts";
import { systemTmpfs } from "./volume/tmpfs.ts";

/** What the plugin is made of. */
export interface PluginParts {
  readonly config: PluginConfig;
  readonly installation: InstallationPort;
  readonly vault: VaultPort;
  readonly evidence: NodeEvidence;
  /** Goes on in the background until its signal aborts. */
  readonly background?: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly waits: PublishWaits;
}

/** The part of the configuration that is not about reaching a vault or a TPM. */
export type PluginConfig = Pick<
  Config,
  | "healthPort"
  | "issuer"
  | "nodeName"
  | "pluginSocket"
  | "podsDirectory"
  | "registrationSocket"
  | "volumesBytes"
>;

/** A plugin that serves. */
export interface RunningPlugin {
  /** Port of /healthz, /readyz and /metrics. */
  readonly healthPort: number;
  /** Lets calls under way end, then closes every socket. Volumes stay mounted. */
  stop(): Promise<void>;
}

/** Starts everything; needs neither vault nor TPM to succeed. */
export async function startPlugin(parts: PluginParts): Promise<RunningPlugin> {
  const { config, clock, log } = parts;
  await assertCanonical(dirname(config.podsDirectory));
  const timing = { clock, jitter: halfJitter };
  const metrics = createMetrics();
  const session = createAttestationSession({
    ...timing,
    log,
    metrics,
    attest: (signal) =>
      attest({ ...parts, workload: { name: pluginName, version: parts.version } }, signal),
  });
  const controller = new AbortController();
  const node = await createNode(parts, { session, metrics, stopping: controller.signal });
  const driver = await listen(config.pluginSocket, (server) => {
    server.addService(csiServices.Identity.service, createIdentityService(log, parts.version));
    server.addService(csiServices.Node.service, node);
  });
  const registration = createRegistration({
    ...timing,
    log,
    metrics,
    socket: config.registrationSocket,
    endpoint: config.pluginSocket,
  });
  const isReady = () => registration.isRegistered;
  const health = await serveHealth({ registry: metrics.registry, isReady }, config.healthPort);
  const { signal } = controller;
  const loops = [registration.run(signal), session.run(signal), parts.background?.(signal)];
  return {
    healthPort: portOf(health),
    stop: async () => {
      controller.abort();
      await Promise.all([...loops, driver.close()]);
      health.close();
    },
  };
}

interface NodeContext {
  readonly session: AttestationSession;
  readonly metrics: Metrics;
  readonly stopping: AbortSignal;
}

async function createNode(
  parts: PluginParts,
  { session, metrics, stopping }: NodeContext,
): Promise<NodeHandlers> {
  const { config, clock, log, vault, waits } = parts;
  const book = createVolumeBook(config.volumesBytes);
  const count = await recoverVolumes(book, config.podsDirectory);
  metrics.volumes(count);
  log.info("volumes found", { count });
  const identities = createVaultIdentities(vault);
  const deps = {
    clock,
    jitter: halfJitter,
    audience: config.issuer,
    nodeName: config.nodeName,
    podsDirectory: config.podsDirectory,
    release: createReleaseSecrets({ vault, identities, session, clock }),
    tmpfs: systemTmpfs,
    book,
    locks: createTargetLocks(),
    log,
    metrics,
    waits,
    stopping,
  };
  return createNodeService(deps);
}

// The kernel's table of mounts has real paths; under another spelling we would not know our own volumes.
async function assertCanonical(kubeletRoot: string): Promise<void> {
  if ((await realpath(kubeletRoot)) !== kubeletRoot) {
    throw new StrongroomError("BadParameter", "the kubelet root must not be reached by a link");
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
