// SPDX-License-Identifier: Apache-2.0
/**
 * A server while there is no store to serve: before the HSM has keys, or over a store that must not be served.
 *
 * The host's certificate is issued by a CA that goes with this phase: that of the installation is in the store.
 */

import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { activationCaKey } from "@strongroom/api";
import { type StrongroomError, sha256, toHex } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { createApp } from "../http/create-app.ts";
import { RateLimiter } from "../http/rate-limit.ts";
import type { RequestDeps } from "../http/request-context.ts";
import { createAuthentication } from "../identity/authenticate.ts";
import { createServerCertificates } from "../installation/server-certificates.ts";
import type { VaultDeps } from "../vault-deps.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import { makeActivationCa } from "./activation-ca.ts";

/** No vault is served yet. */
const noVaults: VaultDirectory = {
  byUid: () => undefined,
  all: () => [],
  byHost: () => undefined,
  set: () => undefined,
  deleted: () => [],
};

/** The server; the caller adds routes, has it listen, and closes it. */
export interface WaitingApp {
  readonly app: FastifyInstance;
  /** What its routes place requests with. */
  readonly requests: RequestDeps;
  /** Publishes the CA and listens. */
  readonly listen: () => Promise<void>;
}

/** Makes it. @param elsewhere What every other route answers */
export async function createWaitingApp(
  deps: VaultDeps,
  elsewhere: StrongroomError,
  message: string,
): Promise<WaitingApp> {
  const { config, kubernetes, clock, log } = deps;
  const ca = await makeActivationCa(clock.now());
  const { installationHosts } = config;
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
  const listen = async () => {
    await publishCa(deps, ca.certificate.toString());
    await app.listen({ port: config.listen.port, host: config.listen.address });
    const { port } = app.server.address() as AddressInfo;
    log.warn(message, { port, code: elsewhere.code, digest: toHex(sha256(ca.certificate.raw)) });
  };
  return { app, requests, listen };
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
