// SPDX-License-Identifier: Apache-2.0
/** Custom role definitions. A definition is a grant to all to whom it is or will be assigned. */

import { builtInRoles } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { maxDefinitions } from "./limits.ts";
import { openRoles, type RoleCall, requireCovered, writeRoles } from "./open-roles.ts";
import { actionsOf } from "./read-roles.ts";
import type { CustomDefinition } from "./role-records.ts";

// A definition is the vault's, in whichever scope its route was called: so the right to change it must be, too.
const wholeVault = "*";

/** Adds or replaces a definition. @throws {Refusal} `Forbidden`, `NameInUse`, `BadParameter`. */
export async function putDefinition(
  tx: LedgerTransaction,
  call: RoleCall,
  definition: CustomDefinition,
): Promise<void> {
  const roles = await openRoles(tx, { ...call, scope: wholeVault });
  requireNotBuiltIn(definition.id);
  // It can be assigned in any scope and for any way: so its maker must hold all of it everywhere.
  requireCovered(roles, call.caller, {
    role: definition.roleName,
    actions: actionsOf(definition),
    scope: wholeVault,
    via: "api",
    principals: [],
  });
  const others = roles.api.definitions.filter(({ id }) => id !== definition.id);
  // Delegation and the audit log know roles by name.
  const taken = [...Object.keys(builtInRoles), ...others.map(({ roleName }) => roleName)];
  if (taken.some((name) => name.toLowerCase() === definition.roleName.toLowerCase())) {
    throw new Refusal("NameInUse", "another role has this name");
  }
  if (others.length >= maxDefinitions) {
    throw new Refusal("BadParameter", `${maxDefinitions} role definitions are the most`);
  }
  await writeRoles(tx, call.vault.uid, roles, { definitions: [...others, definition] });
}

/** Deletes a definition and answers it. @throws {Refusal} `Forbidden`, `NotFound`, `NameInUse` while it is assigned. */
export async function deleteDefinition(
  tx: LedgerTransaction,
  call: RoleCall,
  id: string,
): Promise<CustomDefinition> {
  const roles = await openRoles(tx, { ...call, scope: wholeVault });
  requireNotBuiltIn(id);
  const definition = roles.api.definitions.find((known) => known.id === id);
  if (definition === undefined) {
    throw new Refusal("NotFound", "there is no such role definition");
  }
  if (roles.api.assignments.some((assignment) => assignment.definition === id)) {
    throw new Refusal("NameInUse", "the role is assigned: take its assignments away first");
  }
  const definitions = roles.api.definitions.filter((known) => known !== definition);
  await writeRoles(tx, call.vault.uid, roles, { definitions });
  return definition;
}

function requireNotBuiltIn(id: string): void {
  if (Object.values(builtInRoles).some((role) => role.id === id)) {
    throw new Refusal("Forbidden", "built-in roles cannot be changed");
  }
}
