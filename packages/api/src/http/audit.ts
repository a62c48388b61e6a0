// SPDX-License-Identifier: Apache-2.0
/** The auditors' routes: which logs there are, the newest signed head, and the leaves as they are stored. */

import { z } from "zod";
import { signedHeadSchema } from "./release.ts";
import { base64url, count, hexOf } from "./wire.ts";

/** Leaves that one request may ask for. */
export const maxLeavesPerPage = 500;

/** Bytes of one leaf: that of a restore names thousands of records. */
const maxLeafBytes = 4 * 1024 * 1024;

/** Answer of `GET …/audit/logs`. A log is one start of the vault; all but the head's are closed. */
export const auditLogsSchema = z.strictObject({
  logs: z.array(hexOf(16)).max(100_000),
  head: signedHeadSchema,
  /** DER (SPKI) of the key that signs heads. */
  headKey: base64url(256),
});

/** Which logs there are. */
export type AuditLogs = z.output<typeof auditLogsSchema>;

/** Query of `GET …/audit/logs/{log}/leaves`. */
export const leavesQuerySchema = z.object({
  from: z.coerce.number().pipe(count),
  limit: z.coerce.number().pipe(z.int().min(1).max(maxLeavesPerPage)),
});

/** Its answer: leaves from `from` on, fewer than were asked for where they are large, none where the log ends. */
export const auditLeavesSchema = z.strictObject({
  leaves: z.array(base64url(maxLeafBytes)).max(maxLeavesPerPage),
});

/** Leaves as they are stored. */
export type AuditLeaves = z.output<typeof auditLeavesSchema>;
