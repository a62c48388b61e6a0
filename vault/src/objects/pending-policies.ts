// SPDX-License-Identifier: Apache-2.0
/**
 * Policies whose names are still being written into the objects that they select, several transactions long. From the
 * first of these on they govern all of them: whoever reads an object is told so, whether its record says it already or
 * not. Where the writing was interrupted, it stays so until somebody writes the policy again.
 */

import type { RecordKey } from "@strongroom/core";
import { z } from "zod";
import type { LedgerReader, LedgerTransaction } from "../ledger/ledger.ts";
import { policyKey, policyRecordSchema, readRecord } from "../vaults/vault-record.ts";
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
  const policies = await pendingNames(tx, vaultUid);
  if (policies.includes(policy) !== isPending) {
    const others = policies.filter((name) => name !== policy);
    await tx.put(pendingKey(vaultUid), { policies: isPending ? [...others, policy] : others });
  }
}

/** Names of the policies on the list that select an object. */
export async function pendingPolicies(
  reader: Pick<LedgerReader, "read">,
  vaultUid: string,
  kind: GovernedKind,
  name: string,
): Promise<readonly string[]> {
  const selecting: string[] = [];
  for (const pending of await pendingNames(reader, vaultUid)) {
    const policy = await readRecord(reader, policyKey(vaultUid, pending), policyRecordSchema);
    if (policy !== undefined && selects(policy, kind, name)) {
      selecting.push(policy.name);
    }
  }
  return selecting;
}

async function pendingNames(
  reader: Pick<LedgerReader, "read">,
  vaultUid: string,
): Promise<readonly string[]> {
  return (await readRecord(reader, pendingKey(vaultUid), pendingSchema))?.policies ?? [];
}
