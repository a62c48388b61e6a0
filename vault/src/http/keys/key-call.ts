// SPDX-License-Identifier: Apache-2.0
/** What the routes of keys work with, and a request for one key. */

import type { HsmClient } from "@strongroom/hsm/client";
import type { FastifyRequest } from "fastify";
import type { KeyAccess } from "../../keys/key-access.ts";
import type { KeyAttestationDeps } from "../../keys/key-attestation.ts";
import type { KeyMakerDeps } from "../../keys/prepare-key.ts";
import type { BackupRouteDeps } from "../objects/backup-routes.ts";
import type { ObjectRouteDeps } from "../objects/object-face.ts";
import { nameParam, requireApiVersion, versionParam } from "../objects/object-wire.ts";
import { onVault, type VaultRequest } from "../request-context.ts";

/** What the routes work with. */
export interface KeyRouteDeps extends BackupRouteDeps, KeyMakerDeps, KeyAttestationDeps {
  readonly hsm: HsmClient;
  readonly keyAccess: KeyAccess;
}

/** A request for one version of a key, or for the current one. */
export interface KeyCall extends VaultRequest {
  readonly name: string;
  readonly version: string | undefined;
}

/** Prefix of the data actions on keys. */
export const keyActionPrefix = "Microsoft.KeyVault/vaults/keys";

/** Places and authenticates a request for a key. */
export async function beginKeyCall(
  deps: ObjectRouteDeps,
  request: FastifyRequest,
): Promise<KeyCall> {
  requireApiVersion(request.query);
  const named = request.params as { readonly version?: unknown };
  const { name, version } =
    named.version === undefined
      ? { ...nameParam.parse(named), version: undefined }
      : versionParam.parse(named);
  return { ...onVault(deps, request), name, version };
}
