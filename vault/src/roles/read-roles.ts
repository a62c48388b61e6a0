// SPDX-License-Identifier: Apache-2.0
/** The role assignments of a vault as decisions use them: every role is resolved to its actions. */

import { builtInRoles, type RoleAssignment, type RoleName } from "@strongroom/core";
import type { LedgerReader } from "../ledger/ledger.ts";
import { readRecord } from "../vaults/vault-record.ts";
import { rolesKey, rolesRecordSchema, type StoredAssignment } from "./role-records.ts";

/** Role assignments of a vault, as they stand in this transaction. */
export async function readRoleAssignments(
  tx: Pick<LedgerReader, "read">,
  vaultUid: string,
): Promise<readonly RoleAssignment[]> {
  const roles = await readRecord(tx, rolesKey(vaultUid), rolesRecordSchema);
  return roles?.assignments.flatMap(resolve) ?? [];
}

// A role that nobody knows gives nobody anything.
function resolve(stored: StoredAssignment): readonly RoleAssignment[] {
  if (!Object.hasOwn(builtInRoles, stored.role)) {
    return [];
  }
  return [{ ...stored, actions: builtInRoles[stored.role as RoleName].actions }];
}
