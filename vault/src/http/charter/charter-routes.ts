// SPDX-License-Identifier: Apache-2.0
/**
 * Where signers hand in what they signed, past whoever edits resources. Anybody may bring it: the signatures say
 * whether it counts. A vault's first charter comes by its resource alone.
 */

import {
  type CharterTaken,
  charterSchema,
  type OrderTaken,
  orderSchema,
  readStatement,
  routes,
  type Statement,
  statementSchema,
} from "@strongroom/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { decide, type Granted } from "../../audit/decide.ts";
import { Refusal, type RequestContext } from "../../audit/event.ts";
import { takeOrder } from "../../charter/orders.ts";
import { takeCharter } from "../../charter/take-charter.ts";
import type { Ledger, LedgerTransaction } from "../../ledger/ledger.ts";
import type { VaultNaming } from "../../manage/put-vault.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What these routes work with. */
export interface CharterRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  readonly naming: VaultNaming;
}

/** Registers the routes. */
export function registerCharterRoutes(app: FastifyInstance, deps: CharterRouteDeps): void {
  app.post(routes.charters, (request): Promise<CharterTaken> => {
    const call = beginCall(deps, request, charterSchema);
    return act(deps, call, "CharterPut", async (tx, vault) => {
      const { clusterIssuer } = deps.naming;
      const result = await takeCharter(tx, call.statement, {
        vault,
        clusterIssuer,
        at: call.context.at,
      });
      return { result: { vault: vault.uid, ...result }, properties: { charter: { ...result } } };
    });
  });
  app.post(routes.orders, (request): Promise<OrderTaken> => {
    const call = beginCall(deps, request, orderSchema);
    return act(deps, call, "OrderPut", async (tx, vault) => {
      const order = await takeOrder(tx, vault, call.statement, call.context.at);
      const { action, object, id, expires } = order;
      const result = { vault: vault.uid, action, object, expires };
      return { result, properties: { order: { id, action, object } } };
    });
  });
}

interface StatementCall {
  readonly context: RequestContext;
  readonly statement: Statement;
  readonly vaultUid: string;
}

function beginCall(
  deps: CharterRouteDeps,
  request: FastifyRequest,
  schema: z.ZodType<{ readonly vault: string }>,
): StatementCall {
  const context = onInstallation(deps, request);
  const statement = statementSchema.parse(request.body);
  return { context, statement, vaultUid: readStatement(statement, schema).vault };
}

// Also for a vault that is deleted: it is recovered and purged by order.
async function act<T>(
  { ledger, directory }: CharterRouteDeps,
  { context, vaultUid }: StatementCall,
  operationName: string,
  work: (tx: LedgerTransaction, vault: Vault) => Promise<Granted<T>>,
): Promise<T> {
  const properties = { vault: vaultUid };
  return await decide(ledger, {
    ...{ context, operationName, properties },
    work: async (tx) => {
      const vault = directory.byUid(vaultUid);
      if (vault?.chartered !== true || vault.purged !== undefined) {
        throw new Refusal("NotFound", "there is no vault of this uid that has a charter");
      }
      return await work(tx, vault);
    },
  });
}
