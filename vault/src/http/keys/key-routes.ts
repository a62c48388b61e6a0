// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for keys as objects: create, import, get, update, list, versions, soft deletion. */

import type { FastifyInstance } from "fastify";
import { inheritPolicy } from "../../keys/inherit-policy.ts";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import { exponentOf, planNewKey } from "../../keys/plan-key.ts";
import { generateKey, type PreparedKey } from "../../keys/prepare-key.ts";
import { updateKey, writeKey } from "../../keys/write-key.ts";
import { findVersion, recallFoundVersion } from "../../objects/read-object.ts";
import { decideOnVault, decideReadingOnVault } from "../decide-on-vault.ts";
import { decidePrepared } from "../decide-prepared.ts";
import { registerBackupRoutes } from "../objects/backup-routes.ts";
import { registerDeletedRoutes } from "../objects/deleted-routes.ts";
import { registerListRoutes } from "../objects/list-routes.ts";
import { attributesOf } from "../objects/object-wire.ts";
import { registerVersionRoutes } from "../objects/version-routes.ts";
import { registerHsmKeyRoutes } from "./hsm-key-routes.ts";
import { importKey } from "./import-key.ts";
import { beginKeyCall, type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";
import { createKeyFace } from "./key-face.ts";
import { registerKeyOperationRoutes } from "./key-operation-routes.ts";
import {
  type CreateKeyBody,
  createKeySchema,
  importKeySchema,
  keyBundle,
  type UpdateKeyBody,
  updateKeySchema,
} from "./key-wire.ts";
import { registerRotationRoutes } from "./rotation-routes.ts";

/** Registers the routes. */
export function registerKeyRoutes(app: FastifyInstance, deps: KeyRouteDeps): void {
  app.post("/keys/:name/create", async (request) => {
    const call = await beginKeyCall(deps, request);
    return await createKey(deps, call, createKeySchema.parse(request.body));
  });
  app.put("/keys/:name", async (request) => {
    const call = await beginKeyCall(deps, request);
    const found = await importKey(deps, call, importKeySchema.parse(request.body));
    return keyBundle(call.origin, call.vault, found);
  });
  for (const path of ["/keys/:name", "/keys/:name/:version"]) {
    app.get(path, async (request) => await getKey(deps, await beginKeyCall(deps, request)));
    app.patch(path, async (request) => {
      const call = await beginKeyCall(deps, request);
      return await patchKey(deps, call, updateKeySchema.parse(request.body));
    });
  }
  const face = createKeyFace(deps.keyAccess);
  registerListRoutes(app, deps, face);
  registerDeletedRoutes(app, deps, face);
  registerBackupRoutes(app, deps, face);
  registerVersionRoutes(app, deps, face);
  registerKeyOperationRoutes(app, deps);
  registerRotationRoutes(app, deps);
  registerHsmKeyRoutes(app, deps);
}

async function createKey(deps: KeyRouteDeps, call: KeyCall, body: CreateKeyBody) {
  const { vault, name, context, origin } = call;
  const attributes = attributesOf(body);
  const found = await decidePrepared(deps, call, {
    operationName: "KeyCreate",
    action: `${keyActionPrefix}/create/action`,
    object: `keys/${name}`,
    check: async (reader) => {
      const wire = await inheritPolicy(reader, call, body);
      return { plan: planNewKey(vault, name, wire), exponent: exponentOf(body) };
    },
    basis: ({ plan }) => plan,
    prepare: ({ plan, exponent }) => generateKey(deps, plan, exponent),
    work: async (tx, _, prepared: PreparedKey) => {
      const write = { vault, name, prepared, attributes, at: context.at };
      return granted(await writeKey(tx, "create", write));
    },
  });
  return keyBundle(origin, vault, found);
}

async function getKey(deps: KeyRouteDeps, call: KeyCall) {
  const { vault, name, version, origin } = call;
  const found = await decideReadingOnVault(deps, call, {
    operationName: "KeyGet",
    action: `${keyActionPrefix}/read`,
    object: `keys/${name}`,
    read: (recall) => granted(recallFoundVersion(recall, vault, keyKind, { name, version })),
  });
  return keyBundle(origin, vault, found);
}

async function patchKey(deps: KeyRouteDeps, call: KeyCall, wire: UpdateKeyBody) {
  const { vault, name, version, context, origin } = call;
  const change = { wire, attributes: attributesOf(wire), at: context.at };
  const found = await decideOnVault(deps, call, {
    operationName: "KeyUpdate",
    action: `${keyActionPrefix}/update/action`,
    object: `keys/${name}`,
    work: async (tx) => {
      const existing = await findVersion(tx, vault, keyKind, { name, version });
      return granted(await updateKey(tx, existing, change));
    },
  });
  if (!found.version.enabled) {
    deps.keyAccess.forget(vault, name);
  }
  return keyBundle(origin, vault, found);
}

/** A key as the result of a decision whose leaf names its version. */
export function granted(result: FoundKey) {
  return { result, properties: { version: result.version.version } };
}
