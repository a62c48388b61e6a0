// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for issuers and contacts of certificates. */

import type { DataAction } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { deleteContacts, readContacts, setContacts } from "../../certificates/contacts.ts";
import {
  deleteIssuer,
  listIssuers,
  requireIssuer,
  setIssuer,
  updateIssuer,
} from "../../certificates/issuers.ts";
import type { Ledger, LedgerTransaction } from "../../ledger/ledger.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { requireApiVersion } from "../objects/object-wire.ts";
import { nextLink, pageOf } from "../objects/paging.ts";
import { onVault, type RequestDeps, type VaultRequest } from "../request-context.ts";
import {
  contactsBundle,
  contactsOf,
  issuerBundle,
  issuerItem,
  issuerMembersOf,
  issuerParam,
  setContactsSchema,
  setIssuerSchema,
  updateIssuerSchema,
} from "./issuer-wire.ts";

/** What these routes work with. */
export interface IssuerRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
}

type Work<T> = (tx: LedgerTransaction, call: VaultRequest) => Promise<T>;

const actions = {
  read: "Microsoft.KeyVault/vaults/certificatecas/read",
  write: "Microsoft.KeyVault/vaults/certificatecas/write",
  delete: "Microsoft.KeyVault/vaults/certificatecas/delete",
  readContacts: "Microsoft.KeyVault/vaults/certificates/read",
  writeContacts: "Microsoft.KeyVault/vaults/certificatecontacts/write",
} as const satisfies Record<string, DataAction>;

/** Registers the routes. Bodies are read after the caller is known: clients send none to learn whom they need a token of. */
export function registerIssuerRoutes(app: FastifyInstance, deps: IssuerRouteDeps): void {
  app.get("/certificates/issuers", async (request) => await list(deps, request));
  const path = "/certificates/issuers/:issuer";
  app.get(path, async (request) => {
    const { issuer } = issuerParam.parse(request.params);
    return await answer(deps, request, ["IssuerGet", "read"], async (tx, { vault, origin }) =>
      issuerBundle(origin, await requireIssuer(tx, vault, issuer)),
    );
  });
  app.put(path, async (request) => {
    const { issuer: name } = issuerParam.parse(request.params);
    return await answer(deps, request, ["IssuerSet", "write"], async (tx, call) => {
      const body = setIssuerSchema.parse(request.body);
      const members = { ...issuerMembersOf(body), provider: body.provider };
      return issuerBundle(call.origin, await setIssuer(tx, actOf(call, name), members));
    });
  });
  app.patch(path, async (request) => {
    const { issuer: name } = issuerParam.parse(request.params);
    return await answer(deps, request, ["IssuerUpdate", "write"], async (tx, call) => {
      const members = issuerMembersOf(updateIssuerSchema.parse(request.body));
      return issuerBundle(call.origin, await updateIssuer(tx, actOf(call, name), members));
    });
  });
  app.delete(path, async (request) => {
    const { issuer } = issuerParam.parse(request.params);
    return await answer(deps, request, ["IssuerDelete", "delete"], async (tx, { vault, origin }) =>
      issuerBundle(origin, await deleteIssuer(tx, vault, issuer)),
    );
  });
  registerContactRoutes(app, deps);
}

function registerContactRoutes(app: FastifyInstance, deps: IssuerRouteDeps): void {
  const path = "/certificates/contacts";
  app.get(path, async (request) =>
    answer(deps, request, ["ContactsGet", "readContacts"], async (tx, { vault, origin }) =>
      contactsBundle(origin, await readContacts(tx, vault)),
    ),
  );
  app.put(path, async (request) =>
    answer(deps, request, ["ContactsSet", "writeContacts"], async (tx, call) => {
      const contacts = contactsOf(setContactsSchema.parse(request.body));
      return contactsBundle(call.origin, await setContacts(tx, call.vault, contacts));
    }),
  );
  app.delete(path, async (request) =>
    answer(deps, request, ["ContactsDelete", "writeContacts"], async (tx, { vault, origin }) =>
      contactsBundle(origin, await deleteContacts(tx, vault)),
    ),
  );
}

function actOf({ vault, context }: VaultRequest, name: string) {
  return { vault, name, at: context.at };
}

async function answer<T>(
  deps: IssuerRouteDeps,
  request: FastifyRequest,
  [operation, right]: readonly [operation: string, right: keyof typeof actions],
  work: Work<T>,
): Promise<T> {
  requireApiVersion(request.query);
  const call = onVault(deps, request);
  return await decideOnVault(deps, call, {
    operationName: `Certificate${operation}`,
    action: actions[right],
    work: async (tx) => ({ result: await work(tx, call) }),
  });
}

async function list(deps: IssuerRouteDeps, request: FastifyRequest) {
  const page = pageOf(request.query);
  const call = onVault(deps, request);
  const { items, after } = await decideOnVault(deps, call, {
    operationName: "CertificateIssuersList",
    action: actions.read,
    work: async (tx) => ({ result: await listIssuers(tx, call.vault, page) }),
  });
  return {
    value: items.map((issuer) => issuerItem(call.origin, issuer)),
    nextLink: nextLink(`${call.origin}/certificates/issuers`, page, after),
  };
}
