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
import { type CharterRights, recallCharterRights } from "../charter/charter-rights.ts";
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

/** By what a vault decides who may do what. Where it has a charter, that and the resources both must allow. */
export interface Assignments {
  readonly resources: readonly RoleAssignment[];
  readonly charter: CharterRights | undefined;
}

/** Role assignments of a vault, as they stand in this transaction. */
export function roleAssignments(tx: RecordReader, vault: Vault): Promise<Assignments> {
  return readTogether(tx, (recall) => recallAssignments(recall, vault));
}

/** As much of a caller as roles are for. */
export type RoleHolder = Pick<Caller, "principal" | "circumstances">;

/** Whether `caller` may. */
export function isAllowed(
  assignments: Assignments,
  caller: RoleHolder,
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
): Promise<Assignments> {
  return readTogether(tx, (recall) => recallAccess(recall, vault, caller, question));
}

/** Decides by the resources, and then by the charter where it has anything to say. */
export function decideTwice(
  { resources, charter }: Assignments,
  { principal, circumstances }: RoleHolder,
  decide: (assignments: readonly RoleAssignment[]) => AccessDecision,
): AccessDecision {
  const decision = decide(resources);
  const signed =
    decision.kind === "allowed" ? charter?.({ principal, at: circumstances?.at }) : undefined;
  return signed === undefined ? decision : ofCharter(decide(signed));
}

function ofCharter(decision: AccessDecision): AccessDecision {
  return decision.kind === "allowed"
    ? decision
    : { kind: "denied", reasons: decision.reasons.map((reason) => `charter: ${reason}`) };
}

/** `roleAssignments` within `readTogether`. */
export function recallAssignments(recall: Recall, vault: Vault): Assignments {
  return {
    resources: recallRoleAssignments(recall, vault.uid),
    charter: recallCharterRights(recall, vault),
  };
}

/** `requireAccess` within `readTogether`. */
export function recallAccess(
  recall: Recall,
  vault: Vault,
  caller: Caller,
  question: AccessQuestion,
): Assignments {
  const assignments = recallAssignments(recall, vault);
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
  assignments: Assignments,
  caller: RoleHolder,
  question: AccessQuestion,
): AccessDecision {
  const { principal, circumstances } = caller;
  return decideTwice(assignments, caller, (some) =>
    authorize(some, { principal, circumstances, ...question }),
  );
}
