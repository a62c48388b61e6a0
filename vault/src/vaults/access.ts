// SPDX-License-Identifier: Apache-2.0
/** May this caller do this here? Roles are read in the decision's own transaction, so that a revoked one is gone. */

import {
  type AccessDecision,
  authorize,
  type DataAction,
  type RoleAssignment,
  type Via,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { Caller } from "../identity/caller.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { recallRoleAssignments } from "../roles/read-roles.ts";
import type { Vault } from "./vault-record.ts";

/** What is asked for on a vault. */
export interface AccessQuestion {
  readonly action: DataAction;
  readonly via: Via;
  /** `KIND/NAME`; absent for a list, and for what concerns all objects of a kind at once. */
  readonly object?: string;
}

/** Role assignments of a vault, as they stand in this transaction. */
export function roleAssignments(
  tx: RecordReader,
  vault: Vault,
): Promise<readonly RoleAssignment[]> {
  return readTogether(tx, (recall) => recallRoleAssignments(recall, vault.uid));
}

/** Whether `caller` may. */
export function isAllowed(
  assignments: readonly RoleAssignment[],
  caller: Caller,
  question: AccessQuestion,
): boolean {
  return decideAccess(assignments, caller, question).kind === "allowed";
}

/** @throws {Refusal} `Forbidden` unless `caller` may. */
export function requireAccess(
  tx: RecordReader,
  vault: Vault,
  caller: Caller,
  question: AccessQuestion,
): Promise<readonly RoleAssignment[]> {
  return readTogether(tx, (recall) => recallAccess(recall, vault, caller, question));
}

function recallAccess(
  recall: Recall,
  vault: Vault,
  caller: Caller,
  question: AccessQuestion,
): readonly RoleAssignment[] {
  const assignments = recallRoleAssignments(recall, vault.uid);
  const decision = decideAccess(assignments, caller, question);
  if (decision.kind === "denied") {
    throw new Refusal(
      "Forbidden",
      `caller is not authorized to perform ${question.action} on this resource`,
      { reasons: decision.reasons, action: question.action, via: question.via },
    );
  }
  return assignments;
}

function decideAccess(
  assignments: readonly RoleAssignment[],
  { principal, circumstances }: Caller,
  question: AccessQuestion,
): AccessDecision {
  return authorize(assignments, { principal, circumstances, ...question });
}
