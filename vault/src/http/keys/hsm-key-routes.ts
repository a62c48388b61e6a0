// SPDX-License-Identifier: Apache-2.0
/** What Managed HSM has and vaults have not: random bytes and key attestation. */

import { toBase64url } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { attestKey } from "../../keys/key-attestation.ts";
import { keyKind } from "../../keys/key-kind.ts";
import { findVersion } from "../../objects/read-object.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { decidePrepared } from "../decide-prepared.ts";
import { requireApiVersion, versionId } from "../objects/object-wire.ts";
import { onVault } from "../request-context.ts";
import { beginKeyCall, type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";
import { keyBundle } from "./key-wire.ts";

const randomBody = z.object({ count: z.int().min(1).max(128) });

/** Registers the routes. */
export function registerHsmKeyRoutes(app: FastifyInstance, deps: KeyRouteDeps): void {
  app.post("/rng", async (request) => {
    requireApiVersion(request.query);
    const call = onVault(deps, request);
    const { count } = randomBody.parse(request.body);
    await decideOnVault(deps, call, {
      operationName: "RandomBytesGet",
      action: "Microsoft.KeyVault/managedHsm/rng/action",
      properties: { count },
      work: async () => ({ result: undefined }),
    });
    return { value: toBase64url(await deps.hsm.random(count)) };
  });
  for (const path of ["/keys/:name", "/keys/:name/:version"]) {
    app.get(`${path}/attestation`, async (request) => {
      return await attestation(deps, await beginKeyCall(deps, request));
    });
  }
}

async function attestation(deps: KeyRouteDeps, call: KeyCall) {
  const { vault, name, version, origin, context } = call;
  const { found, attested } = await decidePrepared(deps, call, {
    operationName: "KeyAttestationGet",
    action: `${keyActionPrefix}/read`,
    object: `keys/${name}`,
    check: (reader) => findVersion(reader, vault, keyKind, { name, version }),
    basis: ({ version }) => version,
    prepare: async (found) => {
      const kid = versionId(origin, keyKind, found);
      return { found, attested: await attestKey(deps, vault, { kid, found, at: context.at }) };
    },
    work: async (_, found, { attested }) => ({
      result: { found, attested },
      properties: { version: found.version.version },
    }),
  });
  const bundle = keyBundle(origin, vault, found);
  return { ...bundle, attributes: { ...bundle.attributes, attestation: attested } };
}
