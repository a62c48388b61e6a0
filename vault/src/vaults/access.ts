// SPDX-License-Identifier: Apache-2.0
/** May this caller do this here? Roles are read in the decision's own transaction, so that a revoked one is gone. */

import { authorize, type DataAction, type RoleAssignment, type Via } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { Caller } from "../identity/caller.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { readRecord, rolesKey, rolesRecordSchema, type Vault } from "./vault-record.ts";

/** What is asked for on a vault. */
export interface AccessQuestion {
  readonly action: DataAction;
  readonly via: Via;
  /** `secrets/NAME`; absent for a list. */
  readonly object?: string;
}

/** Role assignments of a vault, as they stand in this transaction. */
export async function roleAssignments(
  tx: Pick<LedgerReader, "read">,
  vault: Vault,
): Promise<readonly RoleAssignment[]> {
  const roles = await readRecord(tx, rolesKey(vault.uid), rolesRecordSchema);
  return (roles?.assignments ?? []) as readonly RoleAssignment[];
}

/** Whether `caller` may. */
export function isAllowed(
  assignments: readonly RoleAssignment[],
  caller: Caller,
  question: AccessQuestion,
): boolean {
  return authorize(assignments, { principal: caller.principal, ...question }).kind === "allowed";
}

/** @throws {Refusal} `Forbidden` unless `caller` may. */
export async function requireAccess(
  tx: Pick<LedgerReader, "read">,
  vault: Vault,
  caller: Caller,
  question: AccessQuestion,
): Promise<readonly RoleAssignment[]> {
  const assignments = await roleAssignments(tx, vault);
  const decision = authorize(assignments, { principal: caller.principal, ...question });
  if (decision.kind === "denied") {
    throw new Refusal(
      "Forbidden",
      `caller is not authorized to perform ${question.action} on this resource`,
      { reasons: decision.reasons, action: question.action, via: question.via },
    );
  }
  return assignments;
}
