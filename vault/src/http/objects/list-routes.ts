// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for lists, the same for every kind: of objects, and of the versions of one. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { decide } from "../../audit/decide.ts";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import {
  listObjects,
  listVersions,
  type ObjectPage,
  type PageRequest,
} from "../../objects/list-objects.ts";
import { onVault } from "../request-context.ts";
import type { ObjectFace, ObjectRouteDeps } from "./object-face.ts";
import { nameParam } from "./object-wire.ts";
import { nextLink, pageOf, type WirePage } from "./paging.ts";

/** Registers the routes of one kind. */
export function registerListRoutes<Own extends object>(
  app: FastifyInstance,
  deps: ObjectRouteDeps,
  face: ObjectFace<Own>,
): void {
  const { kind, noun } = face.type;
  app.get(`/${kind}`, async (request) =>
    listing(deps, request, {
      page: pageOf(request.query),
      path: `/${kind}`,
      operationName: `${noun}List`,
      action: face.actions.list,
      item: face.item,
      read: (tx, page) => listObjects(tx, face.type, page),
    }),
  );
  app.get(`/${kind}/:name/versions`, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await listing(deps, request, {
      page: pageOf(request.query),
      path: `/${kind}/${name}/versions`,
      operationName: `${noun}ListVersions`,
      action: face.actions.list,
      item: face.versionItem,
      read: (tx, page) => listVersions(tx, face.type, { ...page, name }),
    });
  });
}

interface Listing<Own extends object> {
  readonly page: WirePage;
  /** With what of the query the next page is asked for as well. */
  readonly path: string;
  readonly operationName: string;
  readonly action: PageRequest["action"];
  readonly item: ObjectFace<Own>["item"];
  readonly read: (tx: LedgerTransaction, page: PageRequest) => Promise<ObjectPage<Own>>;
}

/** One page of a list. */
export async function listing<Own extends object>(
  deps: ObjectRouteDeps,
  request: FastifyRequest,
  { page, path, operationName, action, item, read }: Listing<Own>,
) {
  const { context, vault, origin } = onVault(deps, request);
  const result = await decide(deps.ledger, {
    context,
    operationName,
    properties: { vault: vault.uid },
    work: async (tx) => ({
      result: await read(tx, { vault, caller: context.caller, action, ...page }),
    }),
  });
  return {
    value: result.items.map((found) => item(origin, vault, found)),
    nextLink: nextLink(`${origin}${path}`, page, result.after),
  };
}
