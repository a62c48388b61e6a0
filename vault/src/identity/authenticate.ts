// SPDX-License-Identifier: Apache-2.0
/** Bearer tokens of every kind: ServiceAccount tokens go to the API server, all others to the configured issuers. */

import type { Clock } from "@strongroom/core";
import type { InClusterClient } from "@strongroom/kube/in-cluster";
import type { VaultConfig } from "../config.ts";
import type { Authenticate } from "./caller.ts";
import { createOidcAuthentication } from "./oidc.ts";
import {
  createServiceAccountAuthentication,
  looksLikeServiceAccountToken,
} from "./service-account.ts";

/** Authentication as the configuration says; without a cluster, ServiceAccount tokens are refused. */
export async function createAuthentication(
  config: VaultConfig,
  kubernetes: InClusterClient | undefined,
  clock: Clock,
): Promise<Authenticate> {
  const oidc = await createOidcAuthentication(config.oidcIssuers, clock);
  if (kubernetes === undefined || config.kubernetes === undefined) {
    return oidc;
  }
  const audience = config.issuer;
  const reviewed = createServiceAccountAuthentication({
    kubernetes,
    config: config.kubernetes,
    audience,
    clock,
  });
  return async (token) =>
    looksLikeServiceAccountToken(token, audience) ? await reviewed(token) : await oidc(token);
}
