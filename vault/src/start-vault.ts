// SPDX-License-Identifier: Apache-2.0
/** Puts the vault together from its parts and serves it. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Clock, installationScope, type Log, utf8 } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import { createAttestationService } from "./attestation/authority.ts";
import type { VaultConfig } from "./config.ts";
import { createHealthServer } from "./http/health.ts";
import { createServer, type ServerDeps } from "./http/server.ts";
import { createAuthentication } from "./identity/authenticate.ts";
import { type Installation, openInstallation } from "./installation/open-installation.ts";
import { publishTrust, writeTrust } from "./installation/publish-trust.ts";
import { createReleaseKeySource } from "./installation/release-key.ts";
import { createServerCertificates } from "./installation/server-certificates.ts";
import { createKeyAccess } from "./keys/key-access.ts";
import { keyKind } from "./keys/key-kind.ts";
import { rotateKeys } from "./keys/rotation-loop.ts";
import { createLine } from "./manage/manage-vault.ts";
import { sweepPurges } from "./objects/purge-sweep.ts";
import { secretType } from "./secrets/secret-type.ts";
import { loadVaultDirectory, type VaultDirectory } from "./vaults/vault-directory.ts";
import type { Vault } from "./vaults/vault-record.ts";

/** What the vault gets from outside. */
export interface VaultDeps {
  readonly config: VaultConfig;
  readonly kubernetes: InClusterClient | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A running vault. */
export interface RunningVault extends AsyncDisposable {
  readonly port: number;
}

/** How often spent one-time ids that have expired are forgotten, in milliseconds. */
const purgeInterval = 60_000;

/** Starts the vault; when it resolves, the vault answers. */
export async function startVault(deps: VaultDeps): Promise<RunningVault> {
  const { config, clock, log } = deps;
  await using stack = new AsyncDisposableStack();
  const health = createHealthServer(async () => (await ready?.()) ?? false);
  let ready: (() => Promise<boolean>) | undefined;
  health.listen(config.health.port, config.health.address);
  await once(health, "listening");
  stack.defer(() => void health.close());

  const installation = stack.use(await openInstallation(config, clock, log));
  if (config.trustDirectory !== undefined) {
    await writeTrust(config.trustDirectory, installation.keys);
  }
  const directory = await loadVaultDirectory(installation.ledger);
  const app = createServer(await serverDeps(deps, installation, directory));
  await app.listen({ port: config.listen.port, host: config.listen.address });
  stack.defer(() => app.close());
  ready = async () => (await installation.hsm.status()).initialised;
  runInBackground(deps, installation, directory, stack);

  const { port } = app.server.address() as AddressInfo;
  log.info("vault serves", { port });
  const resources = stack.move();
  return {
    port,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function serverDeps(
  { config, kubernetes, clock, log }: VaultDeps,
  { hsm, ledger, keys, scopeKeys }: Installation,
  directory: VaultDirectory,
): Promise<ServerDeps> {
  const authority = { issuer: config.issuer, key: keys.attestation, config: config.attestation };
  const challengeKey = await scopeKeys.derive(installationScope, "Software")(
    "strongroom/challenge/v1",
    utf8(installationScope),
  );
  const derive = deriveFrom(scopeKeys);
  const isInstallation = (host: string) => config.installationHosts.includes(host);
  return {
    clock,
    log,
    ledger,
    hsm,
    keys: scopeKeys,
    directory,
    authority,
    issuer: config.issuer,
    installationHosts: config.installationHosts,
    preservesClientAddress: config.listen.clientAddress === "preserved",
    authenticate: await createAuthentication(config, kubernetes, clock),
    attestation: createAttestationService({ ledger, authority, challengeKey, log }),
    derive,
    keyAccess: createKeyAccess({ ledger, derive }),
    random: (bytes) => hsm.random(bytes),
    releaseKey: createReleaseKeySource({ hsm, ledger, keys, clock }),
    releaseRoot: keys.releaseRoot.certificate,
    oneAtATime: createLine(),
    naming: {
      clusterDomain: config.clusterDomain,
      clusterIssuer: `kubernetes:${config.kubernetes?.clusterUid ?? "none"}`,
      isTaken: (host, uid) => isInstallation(host) || (directory.byHost(host)?.uid ?? uid) !== uid,
    },
    certificates: createServerCertificates({
      ca: keys.infrastructureCa,
      clock,
      isServed: (host) => isInstallation(host) || directory.byHost(host) !== undefined,
    }),
  };
}

function deriveFrom(scopeKeys: Installation["scopeKeys"]) {
  return (vault: Vault) => scopeKeys.derive(vault.uid, vault.protection);
}

function runInBackground(
  { config, kubernetes, clock, log }: VaultDeps,
  { store, ledger, keys, hsm, scopeKeys }: Installation,
  directory: VaultDirectory,
  stack: AsyncDisposableStack,
): void {
  const stop = new AbortController();
  const targets = config.kubernetes?.trustConfigMaps ?? [];
  const types = [secretType, keyKind];
  const jobs = [
    purgeSpent(store, clock, log, stop.signal),
    sweepPurges({ ledger, directory, types, clock, log }, stop.signal),
    rotateKeys({ ledger, directory, hsm, derive: deriveFrom(scopeKeys), clock, log }, stop.signal),
  ];
  if (kubernetes !== undefined) {
    jobs.push(publishTrust({ kubernetes, keys, targets, clock, log }, stop.signal));
  }
  stack.defer(async () => {
    stop.abort();
    await Promise.allSettled(jobs);
  });
}

async function purgeSpent(
  store: Installation["store"],
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(purgeInterval, signal);
      await store.purgeSpent(clock.now());
    } catch (error) {
      if (!signal.aborted) {
        log.failure("expired one-time ids stay for now", error);
      }
    }
  }
}
