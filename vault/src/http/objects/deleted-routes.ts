// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for soft deletion, the same for every kind: delete, list and get deleted, recover, purge. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { useOrder } from "../../charter/orders.ts";
import { type DeletedObject, findDeleted } from "../../objects/delete-object.ts";
import { purgeWaitMs } from "../../objects/limits.ts";
import { listDeleted } from "../../objects/list-objects.ts";
import type { ObjectRecord } from "../../objects/object-record.ts";
import { requirePurgeable } from "../../objects/purge-object.ts";
import { finishPurge } from "../../objects/purge-sweep.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { onVault, type VaultRequest } from "../request-context.ts";
import { listing } from "./list-routes.ts";
import {
  completed,
  type FaceAction,
  type ObjectFace,
  type ObjectRouteDeps,
} from "./object-face.ts";
import { nameParam, requireApiVersion } from "./object-wire.ts";
import { pageOf } from "./paging.ts";

interface NamedCall extends VaultRequest {
  readonly name: string;
}

/** Registers the routes of one kind. */
export function registerDeletedRoutes<Own extends object>(
  app: FastifyInstance,
  deps: ObjectRouteDeps,
  face: ObjectFace<Own>,
): void {
  const { kind } = face.type;
  app.delete(`/${kind}/:name`, async (request) => {
    return await remove(deps, await named(deps, request), face);
  });
  app.get(`/deleted${kind}`, async (request) =>
    listing<Own>(deps, request, {
      page: pageOf(request.query),
      path: `/deleted${kind}`,
      operationName: `${face.type.noun}ListDeleted`,
      action: face.actions.list,
      item: (origin, vault, found) => ({
        ...face.item(origin, vault, found),
        ...deletionMembers(origin, kind, found.object),
      }),
      read: (tx, page) => listDeleted(tx, face.type, page),
    }),
  );
  app.get(`/deleted${kind}/:name`, async (request) => {
    return await getDeleted(deps, await named(deps, request), face);
  });
  app.post(`/deleted${kind}/:name/recover`, async (request) => {
    return await recover(deps, await named(deps, request), face);
  });
  app.delete(`/deleted${kind}/:name`, async (request, reply) => {
    await purge(deps, await named(deps, request), face);
    return await reply.status(204).send();
  });
}

async function named(deps: ObjectRouteDeps, request: FastifyRequest): Promise<NamedCall> {
  requireApiVersion(request.query);
  const { name } = nameParam.parse(request.params);
  return { ...onVault(deps, request), name };
}

async function remove<Own extends object>(
  deps: ObjectRouteDeps,
  call: NamedCall,
  face: ObjectFace<Own>,
) {
  const { vault, origin, name, context } = call;
  const deleted = await decideOnVault(deps, call, {
    ...operation(face, "delete", "Delete", name),
    work: async (tx) => {
      const removed = await face.remove(tx, { vault, name, at: context.at });
      return { result: await completed(face, tx, vault, removed) };
    },
  });
  return deletedBundle(origin, vault, face, deleted);
}

async function getDeleted<Own extends object>(
  deps: ObjectRouteDeps,
  call: NamedCall,
  face: ObjectFace<Own>,
) {
  const { vault, origin, name } = call;
  const deleted = await decideOnVault(deps, call, {
    ...operation(face, "list", "GetDeleted", name),
    work: async (tx) => {
      const found = await findDeleted(tx, vault, face.type, name);
      return { result: await completed(face, tx, vault, found) };
    },
  });
  return deletedBundle(origin, vault, face, deleted);
}

async function recover<Own extends object>(
  deps: ObjectRouteDeps,
  call: NamedCall,
  face: ObjectFace<Own>,
) {
  const { vault, origin, name, context } = call;
  const found = await decideOnVault(deps, call, {
    ...operation(face, "recover", "Recover", name),
    work: async (tx) => {
      await useOrder(tx, vault, { action: "recover", object: idOf(face, name) }, context.at);
      const found = await face.recover(tx, { vault, name, at: context.at });
      return { result: await completed(face, tx, vault, found) };
    },
  });
  return face.bundle(origin, vault, found);
}

async function purge<Own extends object>(
  deps: ObjectRouteDeps,
  call: NamedCall,
  face: ObjectFace<Own>,
): Promise<void> {
  const { vault, name, context } = call;
  const isDone = await decideOnVault(deps, call, {
    ...operation(face, "purge", "Purge", name),
    work: async (tx) => {
      requirePurgeable(vault);
      await useOrder(tx, vault, { action: "purge", object: idOf(face, name) }, context.at);
      return { result: await face.purge(tx, { vault, name, at: context.at }) };
    },
  });
  if (isDone) {
    return;
  }
  // A purge that has begun is decided; the sweep ends one of very many versions.
  const end = deps.clock.now().getTime() + purgeWaitMs;
  const isOver = () => deps.clock.now().getTime() > end;
  await finishPurge(deps, { vault, type: face.type, name }, isOver);
}

function operation<Own extends object>(
  { type, actions }: ObjectFace<Own>,
  action: FaceAction,
  verb: string,
  name: string,
) {
  return {
    operationName: `${type.noun}${verb}`,
    action: actions[action],
    object: `${type.kind}/${name}`,
  };
}

function idOf<Own extends object>({ type }: ObjectFace<Own>, name: string): string {
  return `${type.kind}/${name}`;
}

function deletedBundle<Own extends object>(
  origin: string,
  vault: Vault,
  face: ObjectFace<Own>,
  deleted: DeletedObject<Own>,
) {
  return {
    ...face.bundle(origin, vault, deleted),
    ...deletionMembers(origin, face.type.kind, deleted.object),
  };
}

function deletionMembers(origin: string, kind: string, { name, deleted }: ObjectRecord) {
  return {
    recoveryId: `${origin}/deleted${kind}/${name}`,
    deletedDate: deleted?.at,
    scheduledPurgeDate: deleted?.purgeAt,
  };
}
