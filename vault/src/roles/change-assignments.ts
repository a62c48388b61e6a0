// SPDX-License-Identifier: Apache-2.0
/** Role assignments by the API: made once, never changed, taken away. Those of the resource are the resource's. */

import { canonicalJson, coversScope, equalBytes } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { maxApiAssignments } from "./limits.ts";
import { type ListedAssignment, listAssignments } from "./list-assignments.ts";
import { openRoles, type RoleCall, requireCovered, writeRoles } from "./open-roles.ts";
import { findDefinition } from "./read-roles.ts";
import type { ApiAssignment, RolesRecord } from "./role-records.ts";

/** Adds an assignment. @throws {Refusal} `Forbidden`, `NotFound` without such a role, `NameInUse`, `BadParameter`. */
export async function putAssignment(
  tx: LedgerTransaction,
  call: RoleCall,
  assignment: ApiAssignment,
): Promise<void> {
  const roles = await openRoles(tx, call);
  const { assignments, definitions } = roles.api;
  const definition = findDefinition(definitions, assignment.definition);
  if (definition === undefined) {
    throw new Refusal("NotFound", "there is no such role definition");
  }
  const grant = { ...definition, ...assignment, principals: [assignment.principal] };
  requireCovered(roles, call.caller, grant);
  const existing = listAssignments(roles).find(({ name }) => name === assignment.name);
  if (existing !== undefined) {
    requireSame(existing, { ...assignment, origin: "api" });
    return;
  }
  if (assignments.length >= maxApiAssignments) {
    throw new Refusal("BadParameter", `${maxApiAssignments} such assignments are the most`);
  }
  await writeRoles(tx, call.vault.uid, roles, { assignments: [...assignments, assignment] });
}

/** Takes an assignment away and answers it. @throws {Refusal} `Forbidden`, `NotFound`. */
export async function deleteAssignment(
  tx: LedgerTransaction,
  call: RoleCall,
  name: string,
): Promise<ListedAssignment> {
  const roles = await openRoles(tx, call);
  const assignment = findAssignment(roles, call.scope, name);
  if (assignment.origin === "resource") {
    throw new Refusal("Forbidden", "the assignment is the vault's resource's: change it there");
  }
  const assignments = roles.api.assignments.filter((other) => other.name !== name);
  await writeRoles(tx, call.vault.uid, roles, { assignments });
  return assignment;
}

/** The assignment of a name in a scope. @throws {Refusal} `NotFound`. */
export function findAssignment(roles: RolesRecord, scope: string, name: string): ListedAssignment {
  const found = listAssignments(roles).find((assignment) => assignment.name === name);
  if (found === undefined || !isSameScope(found.scope, scope)) {
    throw new Refusal("NotFound", "there is no such role assignment in this scope");
  }
  return found;
}

function isSameScope(a: string, b: string): boolean {
  return coversScope(a, b) && coversScope(b, a);
}

// A client that did not hear the answer tries again.
function requireSame(existing: ListedAssignment, assignment: ListedAssignment): void {
  if (!equalBytes(canonicalJson({ ...existing }), canonicalJson({ ...assignment }))) {
    throw new Refusal("NameInUse", "another role assignment has this name");
  }
}
