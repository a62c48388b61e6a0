// SPDX-License-Identifier: Apache-2.0
/**
 * Policies whose names are still being written into the objects that they select, several transactions long. From the
 * first of these on they govern all of them: whoever reads an object is told so, whether its record says it already or
 * not. Where the writing was interrupted, it stays so until somebody writes the policy again.
 */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { policyKey, policyRecordSchema, recallRecord } from "../vaults/vault-record.ts";
import { type GovernedKind, selects } from "./selector.ts";

const pendingSchema = z.object({ policies: z.array(z.string()) });

/** Key of the list; a vault has one from the beginning, as every read of an object looks at it. */
const pendingKey = (vaultUid: string): RecordKey => ({ scope: vaultUid, id: "policies-pending" });

/** Gives the vault its list, if it has none. */
export async function ensurePendingPolicies(
  tx: LedgerTransaction,
  vaultUid: string,
): Promise<void> {
  if ((await tx.read(pendingKey(vaultUid))) === undefined) {
    await tx.put(pendingKey(vaultUid), { policies: [] });
  }
}

/** Puts a policy on the list, or takes it off. */
export async function setPending(
  tx: LedgerTransaction,
  vaultUid: string,
  policy: string,
  isPending: boolean,
): Promise<void> {
  const policies = await readTogether(tx, (recall) => pendingNames(recall, vaultUid));
  if (policies.includes(policy) !== isPending) {
    const others = policies.filter((name) => name !== policy);
    await tx.put(pendingKey(vaultUid), { policies: isPending ? [...others, policy] : others });
  }
}

/** Names of the policies on the list that select an object. */
export function pendingPolicies(
  recall: Recall,
  vaultUid: string,
  kind: GovernedKind,
  name: string,
): readonly string[] {
  const selecting: string[] = [];
  for (const pending of pendingNames(recall, vaultUid)) {
    const policy = recallRecord(recall, policyKey(vaultUid, pending), policyRecordSchema);
    if (policy !== undefined && selects(policy, kind, name)) {
      selecting.push(policy.name);
    }
  }
  return selecting;
}

function pendingNames(recall: Recall, vaultUid: string): readonly string[] {
  return recallRecord(recall, pendingKey(vaultUid), pendingSchema)?.policies ?? [];
}
