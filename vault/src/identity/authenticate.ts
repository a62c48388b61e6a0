// SPDX-License-Identifier: Apache-2.0
/** Bearer tokens of every kind: ServiceAccount tokens go to the API server, all others to the configured issuers. */

import { type Clock, StrongroomError } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import type { VaultConfig } from "../config.ts";
import type { Authenticate } from "./caller.ts";
import { createOidcAuthentication } from "./oidc.ts";
import { createServiceAccountAuthentication } from "./service-account.ts";

/**
 * Authentication as the configuration says; without a cluster, ServiceAccount tokens are refused.
 *
 * @throws {StrongroomError} `BadParameter` if an OIDC issuer is the cluster's own.
 */
export async function createAuthentication(
  config: Pick<VaultConfig, "issuer" | "kubernetes" | "oidcIssuers">,
  kubernetes: InClusterClient | undefined,
  clock: Clock,
): Promise<Authenticate> {
  const oidc = await createOidcAuthentication(config.oidcIssuers, clock);
  if (kubernetes === undefined || config.kubernetes === undefined) {
    return oidc;
  }
  const issuers = await tokenIssuers(config.kubernetes.tokenIssuers, kubernetes);
  if (config.oidcIssuers.some(({ issuer }) => issuers.includes(issuer))) {
    throw new StrongroomError("BadParameter", "an OIDC issuer is the cluster's own");
  }
  const audience = config.issuer;
  const reviewed = createServiceAccountAuthentication({
    ...{ kubernetes, config: config.kubernetes, audience, issuers, clock },
  });
  return async (token) => await (reviewed(token) ?? oidc(token));
}

async function tokenIssuers(
  configured: readonly string[],
  kubernetes: InClusterClient,
): Promise<readonly string[]> {
  if (configured.length > 0) {
    return configured;
  }
  const own = await kubernetes.tokenIssuer();
  return own === undefined ? [] : [own];
}
