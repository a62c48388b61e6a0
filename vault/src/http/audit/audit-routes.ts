// SPDX-License-Identifier: Apache-2.0
/** The auditors' routes: the audit log itself, for whoever verifies it elsewhere. */

import { type AuditLeaves, type AuditLogs, leavesQuerySchema, routes } from "@strongroom/api";
import { toBase64url } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { decide, type Granted } from "../../audit/decide.ts";
import { Refusal } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { onInstallation, type RequestDeps } from "../request-context.ts";

/** What these routes work with. */
export interface AuditRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  /** DER (SPKI) of the key that signs heads. */
  readonly headKey: Uint8Array;
}

/** Bytes of leaves in one answer; the first leaf is in it however large it is. */
const maxPageBytes = 2 * 1024 * 1024;

const logParam = z.object({ log: z.string().regex(/^[0-9a-f]{32}$/) });

/** Registers the routes. */
export function registerAuditRoutes(app: FastifyInstance, deps: AuditRouteDeps): void {
  app.get(routes.auditLogs, (request) =>
    asAuditor(deps, request, "AuditLogList", async (): Promise<Granted<AuditLogs>> => {
      const { ledger, headKey } = deps;
      const logs = [...(await ledger.logs.logs())];
      return { result: { logs, head: ledger.head(), headKey: toBase64url(headKey) } };
    }),
  );
  app.get(routes.auditLeaves(":log"), (request) =>
    asAuditor(deps, request, "AuditLeavesGet", async (): Promise<Granted<AuditLeaves>> => {
      const { log } = logParam.parse(request.params);
      const page = leavesQuerySchema.parse(request.query);
      const leaves = await deps.ledger.logs.leaves(log, page);
      const result = { leaves: withinBytes(leaves.map(({ bytes }) => bytes)).map(toBase64url) };
      return { result, properties: { log, from: page.from, leaves: result.leaves.length } };
    }),
  );
}

// The configuration alone names auditors: the log is that of every vault, whatever a vault's roles say.
async function asAuditor<T>(
  deps: AuditRouteDeps,
  request: FastifyRequest,
  operationName: string,
  work: () => Promise<Granted<T>>,
): Promise<T> {
  const context = onInstallation(deps, request);
  return await decide(deps.ledger, {
    ...{ context, operationName },
    work: async () => {
      if (!context.caller.installationRoles.includes("auditor")) {
        throw new Refusal("Forbidden", "only an auditor of the installation reads the audit log");
      }
      return await work();
    },
  });
}

function withinBytes(leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0;
  const end = leaves.findIndex((leaf, place) => {
    bytes += leaf.length;
    return place > 0 && bytes > maxPageBytes;
  });
  return end === -1 ? leaves : leaves.slice(0, end);
}
