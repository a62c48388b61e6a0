// SPDX-License-Identifier: Apache-2.0
/** Calls that only an administrator of the installation may make. */

import type { FastifyRequest } from "fastify";
import { refuse } from "../../audit/decide.ts";
import { Refusal, type RequestContext } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** The caller as an administrator. The operator is none: whoever owns it must not move a node's trust. */
export async function asAdministrator(
  deps: RequestDeps & { readonly ledger: Ledger },
  request: FastifyRequest,
  operationName: string,
): Promise<RequestContext> {
  const context = onInstallation(deps, request);
  if (!context.caller.installationRoles.includes("administrator")) {
    const refusal = new Refusal("Forbidden", "only an administrator of the installation may");
    return await refuse(deps.ledger, { context, operationName }, refusal);
  }
  return context;
}
