// SPDX-License-Identifier: Apache-2.0
/** Routes of ours for single versions, which Key Vault cannot delete: delete, list and get deleted, recover, purge. */

import { routePrefix } from "@strongroom/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { useOrder } from "../../charter/orders.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import { findDeletedVersion, type VersionAct } from "../../objects/delete-version.ts";
import { listDeletedVersions } from "../../objects/list-objects.ts";
import { requirePurgeable } from "../../objects/purge-object.ts";
import type { FoundVersion } from "../../objects/read-object.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { onVault } from "../request-context.ts";
import { listing } from "./list-routes.ts";
import type { FaceAction, ObjectFace, ObjectRouteDeps } from "./object-face.ts";
import { anyCaseVersion, nameParam } from "./object-wire.ts";
import { ownPageOf } from "./paging.ts";

const versionParam = nameParam.extend({ version: anyCaseVersion });

/** Registers the routes of one kind. */
export function registerVersionRoutes<Own extends object>(
  app: FastifyInstance,
  deps: ObjectRouteDeps,
  face: ObjectFace<Own>,
): void {
  const { kind, noun } = face.type;
  const deleted = `${routePrefix}/deletedversions/${kind}/:name`;
  const act = (request: FastifyRequest, operation: VersionOperation<Own>) =>
    actOnVersion(deps, request, face, operation);
  app.delete(`${routePrefix}/${kind}/:name/versions/:version`, (request) =>
    act(request, ["delete", "Delete", face.removeVersion]),
  );
  app.get(`${deleted}/:version`, (request) =>
    act(request, [
      "list",
      "GetDeleted",
      (tx, { vault, ...named }) => findDeletedVersion(tx, vault, face.type, named),
    ]),
  );
  app.post(`${deleted}/:version/recover`, (request) =>
    act(request, [
      "recover",
      "Recover",
      async (tx, on) => {
        await useOrder(tx, on.vault, { action: "recover", object: idOf(face, on) }, on.at);
        return await face.recoverVersion(tx, on);
      },
    ]),
  );
  app.delete(`${deleted}/:version`, async (request, reply) => {
    const purge: VersionOperation<Own>[2] = async (tx, on) => {
      requirePurgeable(on.vault);
      await useOrder(tx, on.vault, { action: "purge", object: idOf(face, on) }, on.at);
      return await face.purgeVersion(tx, on);
    };
    await act(request, ["purge", "Purge", purge]);
    return await reply.status(204).send();
  });
  app.get(deleted, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await listing<Own>(deps, request, {
      page: ownPageOf(request.query),
      path: `${routePrefix}/deletedversions/${kind}/${name}`,
      operationName: `${noun}VersionListDeleted`,
      action: face.actions.list,
      item: (origin, vault, found) => versionBundle(origin, face, { vault, found }),
      read: (tx, page) => listDeletedVersions(tx, face.type, { ...page, name }),
    });
  });
}

/** The action that a role must allow, the verb in the audit log, and the work. */
type VersionOperation<Own extends object> = readonly [
  FaceAction,
  string,
  (tx: LedgerTransaction, act: VersionAct) => Promise<FoundVersion<Own>>,
];

async function actOnVersion<Own extends object>(
  deps: ObjectRouteDeps,
  request: FastifyRequest,
  face: ObjectFace<Own>,
  [action, verb, work]: VersionOperation<Own>,
) {
  const { name, version } = versionParam.parse(request.params);
  const call = onVault(deps, request);
  const { vault, context, origin } = call;
  const found = await decideOnVault(deps, call, {
    operationName: `${face.type.noun}Version${verb}`,
    action: face.actions[action],
    object: `${face.type.kind}/${name}`,
    properties: { version },
    work: async (tx) => ({ result: await work(tx, { vault, name, version, at: context.at }) }),
  });
  return versionBundle(origin, face, { vault, found });
}

function idOf<Own extends object>(
  { type }: ObjectFace<Own>,
  { name, version }: VersionAct,
): string {
  return `${type.kind}/${name}/${version}`;
}

function versionBundle<Own extends object>(
  origin: string,
  face: ObjectFace<Own>,
  { vault, found }: { readonly vault: VersionAct["vault"]; readonly found: FoundVersion<Own> },
) {
  const { object, version } = found;
  const place = `${face.type.kind}/${object.name}/${version.version}`;
  const { deleted } = version;
  return {
    ...face.bundle(origin, vault, found),
    ...(deleted === undefined
      ? {}
      : {
          recoveryId: `${origin}${routePrefix}/deletedversions/${place}`,
          deletedDate: deleted.at,
          scheduledPurgeDate: deleted.purgeAt,
        }),
  };
}
