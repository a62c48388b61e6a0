// SPDX-License-Identifier: Apache-2.0
/** The release route, and what a node plugin asks before it. */

import { proofHeaderName, releaseRequestSchema, routes, type VaultIdentity } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { type ReleaseDeps, release } from "../release/release.ts";
import { rawBodyOf } from "./json-body.ts";
import { onVault, type RequestDeps } from "./request-context.ts";

/** Registers the routes. */
export function registerReleaseRoutes(app: FastifyInstance, deps: RequestDeps & ReleaseDeps): void {
  app.get(routes.vaultIdentity, async (request): Promise<VaultIdentity> => {
    const { vault } = await onVault(deps, request);
    return { uid: vault.uid, name: vault.name, namespace: vault.namespace };
  });
  app.post(routes.release, async (request) => {
    const { context, vault, origin } = await onVault(deps, request);
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
