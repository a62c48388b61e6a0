// SPDX-License-Identifier: Apache-2.0
/**
 * The vault over an HSM without keys: it answers the security domain's routes and nothing else, until there are keys.
 *
 * There is no CA, no audit log and no store to speak of yet: the host's certificate is issued by a CA that goes with
 * this phase, and events go to a journal.
 */

import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { activationCaKey } from "@strongroom/api";
import { installationScope, StrongroomError, sha256, toHex } from "@strongroom/core";
import { connectHsm } from "@strongroom/hsm/client";
import { createApp } from "../http/create-app.ts";
import { registerDomainRoutes } from "../http/manage/domain-routes.ts";
import { RateLimiter } from "../http/rate-limit.ts";
import { createAuthentication } from "../identity/authenticate.ts";
import { installationRecords } from "../installation/installation-keys.ts";
import { storeFile } from "../installation/open-installation.ts";
import { createServerCertificates } from "../installation/server-certificates.ts";
import { openSqliteStore } from "../store/open-sqlite-store.ts";
import type { VaultDeps } from "../vault-deps.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import { makeActivationCa } from "./activation-ca.ts";
import { appendToJournal, journalFile } from "./journal.ts";

/** No vault is served yet. */
const noVaults: VaultDirectory = {
  byUid: () => undefined,
  all: () => [],
  byHost: () => undefined,
  set: () => undefined,
  deleted: () => [],
};

/** Resolves at once if the HSM has keys, and else when a security officer has given it some. */
export async function awaitActivation(deps: VaultDeps): Promise<void> {
  const { config, log } = deps;
  await using hsm = await connectHsm({ directory: config.hsm.directory, log });
  if ((await hsm.domain()).state !== "pending") {
    return;
  }
  const recoveryRequired = await hasKeys(join(config.store.directory, storeFile));
  const loaded = Promise.withResolvers<void>();
  const { app, ca } = await createWaitingServer(deps, {
    hsm,
    recoveryRequired,
    onKeysChanged: () => loaded.resolve(),
  });
  await publishCa(deps, ca.toString());
  await app.listen({ port: config.listen.port, host: config.listen.address });
  const { port } = app.server.address() as AddressInfo;
  const code = recoveryRequired ? "RecoveryRequired" : "NotActivated";
  const digest = toHex(sha256(ca.raw));
  log.warn("vault waits for its security domain", { port, code, digest });
  await loaded.promise;
  await app.close();
  log.info("the HSM has its keys");
}

async function createWaitingServer(
  { config, kubernetes, clock, log }: VaultDeps,
  state: Pick<
    Parameters<typeof registerDomainRoutes>[1],
    "hsm" | "recoveryRequired" | "onKeysChanged"
  >,
) {
  const ca = await makeActivationCa(clock.now());
  const elsewhere = state.recoveryRequired
    ? new StrongroomError("RecoveryRequired", "the HSM lost its keys: upload their security domain")
    : new StrongroomError(
        "NotActivated",
        "the HSM has no keys: download its security domain first",
      );
  const { installationHosts } = config;
  const journal = join(config.store.directory, journalFile);
  const requests = {
    clock,
    log,
    installationHosts,
    directory: noVaults,
    issuer: config.issuer,
    rateLimiter: new RateLimiter(config.limits, clock),
    preservesClientAddress: config.listen.clientAddress === "preserved",
    authenticate: await createAuthentication(config, kubernetes, clock),
  };
  const isServed = (host: string) => installationHosts.includes(host);
  const app = createApp({
    ...requests,
    elsewhere,
    minTlsVersion: config.listen.minTlsVersion,
    certificates: createServerCertificates({ ca, clock, isServed }),
  });
  registerDomainRoutes(app, {
    ...requests,
    ...state,
    outdated: async () => 0,
    beforeRetiring: async () => undefined,
    record: (event) => appendToJournal(journal, event),
  });
  return { app, ca: ca.certificate };
}

async function hasKeys(file: string): Promise<boolean> {
  await using store = await openSqliteStore(file);
  const key = { scope: installationScope, id: installationRecords.kek };
  return (await store.readUnverified(key)) !== undefined;
}

async function publishCa({ config, kubernetes }: VaultDeps, pem: string): Promise<void> {
  const name = activationCaKey;
  if (config.trustDirectory !== undefined) {
    await writeFile(join(config.trustDirectory, name), pem, { mode: 0o644 });
  }
  const [target] = config.kubernetes?.trustConfigMaps ?? [];
  if (kubernetes !== undefined && target !== undefined) {
    await kubernetes.patchConfigMap(target.namespace, target.name, { [name]: pem });
  }
}
