// SPDX-License-Identifier: Apache-2.0
/** What a charter lets a caller do: its roles decide besides those of the resources. */

import type { Principal, RoleAssignment } from "@strongroom/core";
import type { Recall } from "../ledger/read-together.ts";
import { resolveAssignments } from "../roles/read-roles.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type CharterRecord, isOver, recallCharter } from "./charter-record.ts";

/** Role assignments of a charter as they apply to one caller at an instant; nothing where the charter does not restrict. */
export type CharterRights = (caller: {
  readonly principal: Principal;
  readonly at: Date | undefined;
}) => readonly RoleAssignment[] | undefined;

/** The charter's part in decisions on `vault`; nothing where the vault has no charter. */
export function recallCharterRights(recall: Recall, vault: Vault): CharterRights | undefined {
  const record = recallCharter(recall, vault);
  return record === undefined ? undefined : (caller) => rightsOf(record, caller);
}

function rightsOf(
  { charter, assignments }: CharterRecord,
  { principal, at }: Parameters<CharterRights>[0],
): readonly RoleAssignment[] | undefined {
  if (at === undefined || isOver(charter, at)) {
    return [];
  }
  return assignments === undefined
    ? undefined
    : resolveAssignments(assignments).map((assignment) => forCaller(assignment, principal));
}

// An account that the charter names without its uid is whoever the resources take for it: they know accounts by uid.
function forCaller(assignment: RoleAssignment, { accountUid }: Principal): RoleAssignment {
  const principals = assignment.principals.map((named) =>
    named.accountUid === null ? { ...named, accountUid } : named,
  );
  return { ...assignment, principals };
}
