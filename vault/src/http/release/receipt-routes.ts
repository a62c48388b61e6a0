// SPDX-License-Identifier: Apache-2.0
/** Receipts of earlier releases: which there are, and each made again from the audit log. For auditors, and for who made the release. */

import {
  maxReceiptsPerPage,
  type Receipt,
  type ReceiptList,
  type ReceiptPlace,
  type ReceiptQuery,
  receiptListQuerySchema,
  receiptPlaceSchema,
  receiptQuerySchema,
  routes,
} from "@strongroom/api";
import { type AuditLeaf, type StrongroomError, samePrincipal } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { decide, refuse } from "../../audit/decide.ts";
import { Refusal } from "../../audit/event.ts";
import type { LeafProofs } from "../../audit/prove-leaves.ts";
import type { Caller } from "../../identity/caller.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { missingRight } from "../../release/decide-item.ts";
import { type LeafRelease, releasesOf } from "../../release/receipt/facts-of-leaf.ts";
import type { FindReceipts } from "../../release/receipt/find-receipts.ts";
import { isUndone } from "../../release/receipt/is-undone.ts";
import { signReceipt } from "../../release/receipt/sign-receipt.ts";
import { releasableOf } from "../../release/releasable.ts";
import type { StatementDeps } from "../../release/sign-statement.ts";
import { roleAssignments } from "../../vaults/access.ts";
import { nextLink, ownPageOf } from "../objects/paging.ts";
import { onVault, type RequestDeps, type VaultRequest } from "../request-context.ts";

/** What the routes work with. */
export interface ReceiptRouteDeps extends RequestDeps, StatementDeps {
  readonly ledger: Ledger;
  readonly leafProofs: LeafProofs;
  readonly findReceipts: FindReceipts;
}

/** Registers the routes. */
export function registerReceiptRoutes(app: FastifyInstance, deps: ReceiptRouteDeps): void {
  app.get(routes.receipts, async (request): Promise<ReceiptList> => {
    const call = onVault(deps, request);
    const { kind, name } = receiptListQuerySchema.parse(request.query);
    const { after } = ownPageOf(request.query);
    return await list(deps, call, { kind, name, after });
  });
  const path = { log: ":log", index: ":index", kind: ":kind", name: ":name" };
  app.get(routes.receipt(path), async (request): Promise<Receipt> => {
    const call = onVault(deps, request);
    const query = receiptQuerySchema.parse(request.query);
    return await remake(deps, call, { ...receiptPlaceSchema.parse(request.params), ...query });
  });
}

// Before the search, which costs: only who may have something to find is let in.
async function list(
  deps: ReceiptRouteDeps,
  { context, vault, origin }: VaultRequest,
  {
    after,
    ...object
  }: Pick<ReceiptPlace, "kind" | "name"> & { readonly after: string | undefined },
): Promise<ReceiptList> {
  const { caller } = context;
  const operationName = "ReceiptList";
  if (!isAuditor(caller)) {
    const assignments = await roleAssignments(deps.ledger, vault);
    const right = { assignments, caller };
    const refusal = missingRight(right, releasableOf(object), object.name);
    if (refusal !== undefined) {
      await refuse(deps.ledger, { context, operationName }, refusal);
    }
  }
  const isShown = (release: LeafRelease) => maySee(caller, release);
  const { entries, next } = await deps.findReceipts({ vault, object, isShown, after });
  const id = `${origin}/${object.kind}/${object.name}`;
  await record(deps, { context, vault }, operationName, { id, receipts: entries.length });
  const url = `${origin}${routes.receipts}`;
  const link = nextLink(url, { limit: maxReceiptsPerPage, after: next }, next);
  const which = `&kind=${object.kind}&name=${object.name}`;
  return { value: entries, nextLink: link === null ? null : `${link}${which}` };
}

async function remake(
  deps: ReceiptRouteDeps,
  { context, vault }: VaultRequest,
  place: ReceiptPlace & ReceiptQuery,
): Promise<Receipt> {
  const operationName = "ReceiptGet";
  const { log, index } = place;
  const find = (leaf: AuditLeaf | undefined) =>
    leaf && releasesOf(leaf, vault).find((one) => isAt(one, place) && maySee(context.caller, one));
  try {
    if (find(await deps.leafProofs.read(place)) === undefined) {
      throw notFound();
    }
    const { leaf, ...proven } = await deps.leafProofs.prove(place, place.size);
    const release = find(leaf);
    if (release === undefined || (await isUndone(deps.ledger.logs, place, release))) {
      throw notFound();
    }
    const { facts } = release;
    const receipt = await signReceipt(deps, facts, proven, context.at);
    await record(deps, { context, vault }, operationName, { of: { log, index }, id: facts.object });
    return { receipt };
  } catch (error) {
    return await refuse(deps.ledger, { context, operationName }, error as StrongroomError);
  }
}

// What others released is not there for who asks.
function notFound(): Refusal {
  return new Refusal("NotFound", "there is no release of this caller's at that place");
}

function isAt({ kind, name, facts }: LeafRelease, place: ReceiptPlace & ReceiptQuery): boolean {
  const { version, unwrapped = facts.unwrapped } = place;
  const isVersion = version === undefined || facts.object.endsWith(`/${version}`);
  return (
    unwrapped === facts.unwrapped &&
    isVersion &&
    kind === place.kind &&
    name.toLowerCase() === place.name.toLowerCase()
  );
}

function maySee(caller: Caller, { principal }: LeafRelease): boolean {
  return isAuditor(caller) || samePrincipal(principal, caller.principal);
}

function isAuditor({ installationRoles }: Caller): boolean {
  return installationRoles.includes("auditor");
}

async function record(
  { ledger }: ReceiptRouteDeps,
  { context, vault }: Pick<VaultRequest, "context" | "vault">,
  operationName: string,
  about: NonNullable<Parameters<typeof decide>[1]["properties"]>,
): Promise<void> {
  const properties = { vault: vault.uid, vaultName: vault.name, ...about };
  const work = async () => ({ result: undefined });
  await decide(ledger, { context, operationName, properties, work });
}
