// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for rotation: rotate now, get and set the policy. */

import type { FastifyInstance } from "fastify";
import { keyKind } from "../../keys/key-kind.ts";
import type { PreparedKey } from "../../keys/prepare-key.ts";
import {
  prepareRotation,
  readRotationPolicy,
  requireRotatable,
  rotationPolicyKey,
  writeRotation,
} from "../../keys/rotate-key.ts";
import {
  type RotationPolicy,
  rotationPolicyOf,
  rotationPolicyWireSchema,
  type WireRotationPolicy,
} from "../../keys/rotation-policy.ts";
import { findVersion, requireObject } from "../../objects/read-object.ts";
import { requireUnmanaged } from "../../objects/refusals.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { decidePrepared } from "../decide-prepared.ts";
import { beginKeyCall, type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";
import { keyBundle } from "./key-wire.ts";

const policyActions = "Microsoft.KeyVault/vaults/keyrotationpolicies";

/** Registers the routes. */
export function registerRotationRoutes(app: FastifyInstance, deps: KeyRouteDeps): void {
  app.post("/keys/:name/rotate", async (request) => {
    return await rotate(deps, await beginKeyCall(deps, request));
  });
  app.get("/keys/:name/rotationpolicy", async (request) => {
    return await getPolicy(deps, await beginKeyCall(deps, request));
  });
  app.put("/keys/:name/rotationpolicy", async (request) => {
    const call = await beginKeyCall(deps, request);
    return await setPolicy(deps, call, rotationPolicyWireSchema.parse(request.body));
  });
}

async function rotate(deps: KeyRouteDeps, call: KeyCall) {
  const { vault, name, context, origin } = call;
  const found = await decidePrepared(deps, call, {
    operationName: "KeyRotate",
    action: `${keyActionPrefix}/rotate/action`,
    object: `keys/${name}`,
    check: async (reader) => {
      const current = await findVersion(reader, vault, keyKind, { name });
      requireUnmanaged("rotate", current.object);
      requireRotatable(current);
      return current;
    },
    basis: ({ version }) => version,
    prepare: (current) => prepareRotation(deps, vault, current),
    work: async (tx, current, prepared: PreparedKey) => {
      const result = await writeRotation(tx, vault, current, { prepared, at: context.at });
      return { result, properties: { version: result.version.version } };
    },
  });
  return keyBundle(origin, vault, found);
}

async function getPolicy(deps: KeyRouteDeps, call: KeyCall) {
  const { vault, name, origin } = call;
  const policy = await decideOnVault(deps, call, {
    operationName: "KeyRotationPolicyGet",
    action: `${policyActions}/read`,
    object: `keys/${name}`,
    work: async (tx) => {
      await requireObject(tx, vault, keyKind, name);
      return { result: await readRotationPolicy(tx, vault, name) };
    },
  });
  return wirePolicy(origin, name, policy);
}

async function setPolicy(deps: KeyRouteDeps, call: KeyCall, wire: WireRotationPolicy) {
  const { vault, name, context, origin } = call;
  const policy = await decideOnVault(deps, call, {
    operationName: "KeyRotationPolicySet",
    action: `${policyActions}/write`,
    object: `keys/${name}`,
    work: async (tx) => {
      requireUnmanaged("set rotation policy", await requireObject(tx, vault, keyKind, name));
      const existing = await readRotationPolicy(tx, vault, name);
      const result = rotationPolicyOf(wire, toSeconds(context.at), existing);
      await tx.put(rotationPolicyKey(vault, name), { ...result });
      return { result };
    },
  });
  return wirePolicy(origin, name, policy);
}

/** A policy as it travels; a key that none was set for has an empty one, and nothing happens by itself. */
function wirePolicy(origin: string, name: string, policy: RotationPolicy | undefined) {
  const { rotate, notify, expiryTime, created, updated } = policy ?? {};
  return {
    id: `${origin}/keys/${name}/rotationpolicy`,
    lifetimeActions: [
      ...(rotate === undefined ? [] : [{ trigger: rotate, action: { type: "Rotate" } }]),
      ...(notify === undefined ? [] : [{ trigger: notify, action: { type: "Notify" } }]),
    ],
    attributes: {
      ...(expiryTime === undefined ? {} : { expiryTime }),
      ...(created === undefined ? {} : { created, updated }),
    },
  };
}
