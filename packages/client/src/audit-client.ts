// SPDX-License-Identifier: Apache-2.0
/** The auditors' routes, on the installation's host. */

import {
  type AuditLeaves,
  type AuditLogs,
  auditLeavesSchema,
  auditLogsSchema,
  routes,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** What an auditor may read. */
export interface AuditClient {
  /** Every log, and the newest signed head. */
  logs(): Promise<AuditLogs>;
  /** Leaves of a log from index `from` on: some, where there are any. */
  leaves(
    log: string,
    page: { readonly from: number; readonly limit: number },
  ): Promise<AuditLeaves>;
}

/** These routes over `transport`. */
export function createAuditClient({ sendJson }: VaultTransport): AuditClient {
  return {
    logs: () => sendJson(auditLogsSchema, { method: "GET", path: routes.auditLogs }),
    leaves: (log, { from, limit }) =>
      sendJson(auditLeavesSchema, {
        method: "GET",
        path: `${routes.auditLeaves(log)}?from=${from}&limit=${limit}`,
      }),
  };
}
