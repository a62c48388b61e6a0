// SPDX-License-Identifier: Apache-2.0
/** Nobody grants anyone more than they hold: whether what somebody would grant is covered by what they have. */

import { isFor, type Principal, type RoleAssignment, samePrincipal } from "./access.ts";
import { allowsVia, coversConditions } from "./access-conditions.ts";
import { coversScope } from "./access-scope.ts";
import type { DataAction } from "./data-actions.ts";

/** What of a grant its giver does not hold; empty if they may give it. */
export function uncoveredActions(
  assignments: readonly RoleAssignment[],
  granter: Principal,
  grant: RoleAssignment,
): readonly DataAction[] {
  const mine = assignments.filter((assignment) => isFor(assignment, granter));
  if (mine.some((assignment) => delegates(assignment, granter, grant))) {
    return [];
  }
  return grant.actions.filter(
    (action) => !mine.some((held) => held.actions.includes(action) && coversFrame(held, grant)),
  );
}

/** Scope, way and conditions: wherever the grant applies, what is held does. */
function coversFrame(held: RoleAssignment, grant: RoleAssignment): boolean {
  return (
    allowsVia(held.via, grant.via) &&
    coversScope(held.scope, grant.scope) &&
    coversConditions(held.conditions, grant.conditions)
  );
}

// A delegated role goes to others only: nobody raises themselves.
function delegates(held: RoleAssignment, granter: Principal, grant: RoleAssignment): boolean {
  return (
    held.delegable?.includes(grant.role) === true &&
    coversFrame(held, grant) &&
    !grant.principals.some((principal) => samePrincipal(principal, granter))
  );
}
