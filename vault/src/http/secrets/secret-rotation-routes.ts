// SPDX-License-Identifier: Apache-2.0
/** Routes of ours for the rotation of secrets: set, get and take away the policy, and rotate at once. */

import {
  routes,
  type SecretRotation,
  type SecretRotationStatus,
  secretRotationSchema,
} from "@strongroom/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../../audit/event.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { erased } from "../../objects/erased.ts";
import { findVersion } from "../../objects/read-object.ts";
import { requireUnmanaged } from "../../objects/refusals.ts";
import {
  prepareRotation,
  type Rotation,
  type SecretMaker,
  writeRotation,
} from "../../secrets/rotation/rotate-secret.ts";
import {
  type RotationRecord,
  readRotation,
  requireInterval,
  rotationDue,
  rotationKey,
} from "../../secrets/rotation/rotation-record.ts";
import { secretType } from "../../secrets/secret-type.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import type { ObjectRouteDeps } from "../objects/object-face.ts";
import { nameParam } from "../objects/object-wire.ts";
import { onVault, type VaultRequest } from "../request-context.ts";
import { secretItem } from "./secret-wire.ts";

/** What these routes work with. */
export type SecretRotationDeps = ObjectRouteDeps & SecretMaker;

interface RotationCall extends VaultRequest {
  readonly name: string;
}

const prefix = "Microsoft.KeyVault/vaults/secrets";
const write = `${prefix}/setSecret/action`;
const read = `${prefix}/readMetadata/action`;

/** Registers the routes. */
export function registerSecretRotationRoutes(app: FastifyInstance, deps: SecretRotationDeps): void {
  const path = routes.secretRotation(":name");
  app.put(path, async (request) => {
    const call = await begin(deps, request);
    return await putPolicy(deps, call, secretRotationSchema.parse(request.body));
  });
  app.get(path, async (request) => {
    const call = await begin(deps, request);
    return await decide(deps, call, ["SecretRotationPolicyGet", read], async (tx) =>
      statusOf(tx, call, await requireRotation(tx, call)),
    );
  });
  app.delete(path, async (request, reply) => {
    const call = await begin(deps, request);
    await decide(deps, call, ["SecretRotationPolicyDelete", write], async (tx) => {
      await requireRotation(tx, call);
      await tx.put(rotationKey(call.vault, call.name), erased);
    });
    return await reply.status(204).send();
  });
  app.post(routes.secretRotate(":name"), async (request) => {
    return await rotate(deps, await begin(deps, request));
  });
}

async function begin(deps: SecretRotationDeps, request: FastifyRequest): Promise<RotationCall> {
  const { name } = nameParam.parse(request.params);
  return { ...onVault(deps, request), name };
}

async function putPolicy(
  deps: SecretRotationDeps,
  call: RotationCall,
  rotation: SecretRotation,
): Promise<SecretRotationStatus> {
  const { vault, name, context } = call;
  requireInterval(rotation.interval);
  return await decide(deps, call, ["SecretRotationPolicySet", write], async (tx) => {
    const now = toSeconds(context.at);
    const { created } = (await readRotation(tx, vault, name)) ?? { created: now };
    const policy = { ...rotation, created, updated: now };
    const status = await statusOf(tx, call, policy);
    await tx.put(rotationKey(vault, name), policy);
    return status;
  });
}

async function decide<T>(
  deps: SecretRotationDeps,
  call: RotationCall,
  [operationName, action]: readonly [string, typeof write | typeof read],
  work: (tx: LedgerTransaction) => Promise<T>,
): Promise<T> {
  const object = `secrets/${call.name}`;
  return await decideOnVault(deps, call, {
    ...{ operationName, action, object },
    work: async (tx) => ({ result: await work(tx) }),
  });
}

async function statusOf(
  tx: LedgerTransaction,
  { vault, name }: RotationCall,
  policy: RotationRecord,
): Promise<SecretRotationStatus> {
  const { object, version } = await findVersion(tx, vault, secretType, { name });
  requireUnmanaged("rotate", object);
  return { ...policy, due: rotationDue(policy, version) };
}

async function requireRotation(
  tx: LedgerTransaction,
  { vault, name }: RotationCall,
): Promise<RotationRecord> {
  await findVersion(tx, vault, secretType, { name });
  const policy = await readRotation(tx, vault, name);
  if (policy === undefined) {
    throw new Refusal("NotFound", `secret ${name} has no rotation policy`);
  }
  return policy;
}

// The value is made once the caller may have it made; what is true by then is decided with the write.
async function rotate(deps: SecretRotationDeps, call: RotationCall) {
  const { vault, name, context, origin } = call;
  const rotation = async (tx: LedgerTransaction): Promise<Rotation> => {
    const policy = await requireRotation(tx, call);
    const found = await findVersion(tx, vault, secretType, { name });
    requireUnmanaged("rotate", found.object);
    return { found, policy };
  };
  const asked = await decide(deps, call, ["SecretRotate", write], rotation);
  const sealed = await prepareRotation(deps, vault, asked);
  const written = await decide(deps, call, ["SecretSet", write], async (tx) => {
    const { found } = await rotation(tx);
    return await writeRotation(tx, { vault, at: context.at }, found, sealed);
  });
  return secretItem(origin, vault, written);
}
