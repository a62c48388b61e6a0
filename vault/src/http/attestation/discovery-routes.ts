// SPDX-License-Identifier: Apache-2.0
/**
 * What verifiers of attestation tokens ask: who issues them, and the keys. OpenID Connect Discovery 1.0 section 3. And the
 * route by which an administrator rotates the key.
 */

import { routes } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import type { TokenKeySource } from "../../attestation/token/rotate-token-keys.ts";
import type { Authority } from "../../attestation/token/token-authority.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type RequestDeps, requireInstallationHost } from "../request-context.ts";
import { asAdministrator } from "./as-administrator.ts";

/** What these routes work with. */
export interface DiscoveryDeps extends RequestDeps {
  readonly authority: Authority & { readonly keys: TokenKeySource };
  readonly ledger: Ledger;
}

/** Registers the routes. */
export function registerDiscovery(app: FastifyInstance, deps: DiscoveryDeps): void {
  const config = { access: "public" } as const;
  app.get("/.well-known/openid-configuration", { config }, async (request) => {
    requireInstallationHost(deps, request);
    const { issuer } = deps.authority;
    return {
      issuer,
      jwks_uri: `${issuer}/certs`,
      response_types_supported: ["token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    };
  });
  app.get("/certs", { config }, async (request) => {
    requireInstallationHost(deps, request);
    return { keys: deps.authority.keys.current().published(deps.clock.now()) };
  });
  app.post(routes.rotateTokenKey, async (request) => {
    const context = await asAdministrator(deps, request, "TokenKeyRotate");
    return { keys: await deps.authority.keys.rotate(context) };
  });
}
