// SPDX-License-Identifier: Apache-2.0
/** Which release policies govern an object. Governed is sticky: names are added, and deleting a policy takes none away. */

import { matchesPattern } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { allRecords } from "./vault-directory.ts";
import {
  type ObjectRecord,
  objectPrefix,
  objectRecordSchema,
  type PolicyRecord,
  parseRecord,
  policyPrefix,
  policyRecordSchema,
  secretKey,
} from "./vault-record.ts";

/** Names of the policies that select a secret of this name now. */
export async function selectingPolicies(
  tx: LedgerTransaction,
  vaultUid: string,
  name: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { body } of allRecords(tx, vaultUid, policyPrefix)) {
    const policy = parseRecord(policyRecordSchema, body);
    if (!policy.deleted && selects(policy, name)) {
      names.push(policy.name);
    }
  }
  return names;
}

/** Adds the policy's name to every secret that it selects; answers how many it governs. */
export async function governExisting(
  tx: LedgerTransaction,
  vaultUid: string,
  policy: PolicyRecord,
): Promise<number> {
  let governed = 0;
  for await (const { body } of allRecords(tx, vaultUid, objectPrefix)) {
    const object = parseRecord(objectRecordSchema, body);
    if (selects(policy, object.name)) {
      governed += 1;
      await addPolicy(tx, vaultUid, object, policy.name);
    }
  }
  return governed;
}

async function addPolicy(
  tx: LedgerTransaction,
  vaultUid: string,
  object: ObjectRecord,
  name: string,
): Promise<void> {
  const governed = unite(object.governed, [name]);
  if (governed.length !== object.governed.length) {
    await tx.put(secretKey(vaultUid, object.name), { ...object, governed });
  }
}

/** The two sets of names as one, sorted. */
export function unite(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function selects(policy: PolicyRecord, name: string): boolean {
  return (
    policy.kinds.includes("secrets") &&
    policy.names.some((pattern) => matchesPattern(pattern, name))
  );
}
