// SPDX-License-Identifier: Apache-2.0
/** Reading and changing a vault's roles by the API: who may, and that nobody grants anyone more than they hold. */

import {
  authorizeScope,
  type RoleAssignment,
  type roleActions,
  uncoveredActions,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { Caller } from "../identity/caller.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { decideTwice, roleAssignments } from "../vaults/access.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { resolveRoles } from "./read-roles.ts";
import { type RolesRecord, readRoles, rolesKey } from "./role-records.ts";

/** Who does what to a vault's roles, in which scope. */
export interface RoleCall {
  readonly vault: Vault;
  readonly caller: Caller;
  readonly action: (typeof roleActions)[number];
  readonly scope: string;
}

/** The vault's roles. @throws {Refusal} `Forbidden` unless the caller holds the action in all of the scope. */
export async function openRoles(
  tx: RecordReader,
  { vault, caller, action, scope }: RoleCall,
): Promise<RolesRecord> {
  const roles = await readRoles(tx, vault.uid);
  const { principal, circumstances } = caller;
  const request = { principal, circumstances, action, via: "api" } as const;
  const decision = decideTwice(await roleAssignments(tx, vault), caller, (some) =>
    authorizeScope(some, request, scope),
  );
  if (decision.kind === "denied") {
    throw new Refusal(
      "Forbidden",
      `caller is not authorized to perform ${action} on this resource`,
      { reasons: decision.reasons, action, via: "api" },
    );
  }
  return roles;
}

/** @throws {Refusal} `Forbidden` if `grant` is more than the caller holds and than is delegable to them. */
export function requireCovered(
  roles: RolesRecord,
  { principal }: Caller,
  grant: RoleAssignment,
): void {
  const uncovered = uncoveredActions(resolveRoles(roles), principal, grant);
  if (uncovered.length > 0) {
    const some = uncovered.slice(0, 3).join(", ");
    throw new Refusal(
      "Forbidden",
      `nobody grants more than they hold in this scope, this way and under these conditions; missing ${some}`,
      { role: grant.role, scope: grant.scope, missing: uncovered },
    );
  }
}

/** Writes what the API made; what the resource made stays. */
export async function writeRoles(
  tx: Pick<LedgerTransaction, "put">,
  vaultUid: string,
  roles: RolesRecord,
  change: Partial<RolesRecord["api"]>,
): Promise<void> {
  await tx.put(rolesKey(vaultUid), { ...roles, api: { ...roles.api, ...change } });
}
