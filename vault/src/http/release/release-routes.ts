// SPDX-License-Identifier: Apache-2.0
/** The release route, and what a node plugin asks before it. */

import { proofHeaderName, releaseRequestSchema, routes, type VaultIdentity } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { type ReleaseDeps, release } from "../../release/release.ts";
import { readSealingKey } from "../../sealing/sealing-key.ts";
import { rawBodyOf } from "../json-body.ts";
import { onVault, type RequestDeps } from "../request-context.ts";

/** Registers the routes. */
export function registerReleaseRoutes(app: FastifyInstance, deps: RequestDeps & ReleaseDeps): void {
  app.get(routes.vaultIdentity, async (request): Promise<VaultIdentity> => {
    const { vault } = onVault(deps, request);
    const sealing = await readSealingKey(deps.ledger, vault.uid);
    const { uid, name, namespace } = vault;
    return { uid, name, namespace, ...(sealing === undefined ? {} : { sealingKey: sealing.key }) };
  });
  app.post(routes.release, async (request) => {
    const { context, vault, origin } = onVault(deps, request);
    const proof = request.headers[proofHeaderName];
    return await release(deps, {
      context,
      vault,
      origin,
      request: releaseRequestSchema.parse(request.body),
      rawBody: rawBodyOf(request),
      proof: typeof proof === "string" ? proof : undefined,
      path: routes.release,
    });
  });
}
