// SPDX-License-Identifier: Apache-2.0
/** The role assignments of a vault as decisions use them: every role is resolved to its actions. */

import {
  builtInRoles,
  type DataAction,
  parseDataAction,
  type RoleAssignment,
  type RoleName,
} from "@strongroom/core";
import type { Recall } from "../ledger/read-together.ts";
import {
  type ApiAssignment,
  type CustomDefinition,
  type ResourceAssignment,
  type RolesRecord,
  recallRoles,
} from "./role-records.ts";

/** Role assignments of a vault, as they stand in this transaction. */
export function recallRoleAssignments(recall: Recall, vaultUid: string): readonly RoleAssignment[] {
  return resolveRoles(recallRoles(recall, vaultUid));
}

// Whoever reads the same row again gets the same object, so that what follows from it need not be made anew.
const resolved = new WeakMap<RolesRecord, readonly RoleAssignment[]>();

/** Every assignment with the actions of its role. A role that nobody knows gives nobody anything. */
export function resolveRoles(roles: RolesRecord): readonly RoleAssignment[] {
  const assignments = resolved.get(roles) ?? resolveAll(roles);
  resolved.set(roles, assignments);
  return assignments;
}

function resolveAll({ assignments, api }: RolesRecord): readonly RoleAssignment[] {
  return [
    ...resolveAssignments(assignments),
    ...api.assignments.flatMap((assignment) => ofApi(assignment, api.definitions)),
  ];
}

/** Assignments of built-in roles with their actions. */
export function resolveAssignments(
  assignments: readonly ResourceAssignment[],
): readonly RoleAssignment[] {
  return assignments.flatMap(ofResource);
}

/** Name and actions of a built-in or custom definition. */
export function findDefinition(
  definitions: readonly CustomDefinition[],
  id: string,
): { readonly role: string; readonly actions: readonly DataAction[] } | undefined {
  const builtIn = Object.entries(builtInRoles).find(([, role]) => role.id === id);
  if (builtIn !== undefined) {
    return { role: builtIn[0], actions: builtIn[1].actions };
  }
  const custom = definitions.find((definition) => definition.id === id);
  return custom === undefined ? undefined : { role: custom.roleName, actions: actionsOf(custom) };
}

/** Actions of a custom definition. */
export function actionsOf({
  dataActions,
  notDataActions,
}: Pick<CustomDefinition, "dataActions" | "notDataActions">): readonly DataAction[] {
  const known = (names: readonly string[]) =>
    names.map(parseDataAction).filter((action) => action !== undefined);
  const without = new Set(known(notDataActions));
  return [...new Set(known(dataActions))].filter((action) => !without.has(action));
}

function ofResource(stored: ResourceAssignment): readonly RoleAssignment[] {
  if (!Object.hasOwn(builtInRoles, stored.role)) {
    return [];
  }
  return [{ ...stored, actions: builtInRoles[stored.role as RoleName].actions }];
}

function ofApi(
  { definition, principal, scope, via, conditions }: ApiAssignment,
  definitions: readonly CustomDefinition[],
): readonly RoleAssignment[] {
  const found = findDefinition(definitions, definition);
  return found === undefined ? [] : [{ ...found, scope, via, conditions, principals: [principal] }];
}
