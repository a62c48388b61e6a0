// SPDX-License-Identifier: Apache-2.0
/** Which release policies govern an object. Governed is sticky: names are added, and deleting a policy takes none away. */

import type { ObjectKind } from "@strongroom/api";
import { objectKindSchema } from "@strongroom/api";
import { matchesPattern } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import {
  type PolicyRecord,
  parseRecord,
  policyPrefix,
  policyRecordSchema,
} from "../vaults/vault-record.ts";
import { type ObjectRecord, objectKey, objectPrefix, objectRecordSchema } from "./object-record.ts";

/** What of an object decides, besides its name, which policies select it. */
export interface GovernedKind {
  readonly kind: ObjectKind;
  /** Whether a certificate is behind it. */
  readonly managed: boolean;
}

/** Names of the policies that select an object of this kind and name now. */
export async function selectingPolicies(
  tx: LedgerTransaction,
  vaultUid: string,
  kind: GovernedKind,
  name: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { body } of allRecords(tx, vaultUid, policyPrefix)) {
    const policy = parseRecord(policyRecordSchema, body);
    if (!policy.deleted && selects(policy, kind, name)) {
      names.push(policy.name);
    }
  }
  return names;
}

/** Adds the policy's name to every object that it selects, deleted ones and tombstones too; answers how many of them are there. */
export async function governExisting(
  tx: LedgerTransaction,
  vaultUid: string,
  policy: PolicyRecord,
): Promise<number> {
  let governed = 0;
  for (const kind of objectKindSchema.options) {
    for await (const { body } of allRecords(tx, vaultUid, objectPrefix(kind))) {
      const object = parseRecord(objectRecordSchema, body);
      if (selects(policy, { kind, managed: object.managed }, object.name)) {
        governed += object.purged === null ? 1 : 0;
        await addPolicy(tx, { scope: vaultUid, kind }, object, policy.name);
      }
    }
  }
  return governed;
}

async function addPolicy(
  tx: LedgerTransaction,
  { scope, kind }: { readonly scope: string; readonly kind: ObjectKind },
  object: ObjectRecord,
  name: string,
): Promise<void> {
  const governed = unite(object.governed, [name]);
  if (governed.length !== object.governed.length) {
    await tx.put(objectKey(scope, kind, object.name), { ...object, governed });
  }
}

/** The two sets of names as one, sorted. */
export function unite(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function selects(policy: PolicyRecord, kind: GovernedKind, name: string): boolean {
  return (
    facesOf(kind).some((face) => policy.kinds.includes(face)) &&
    policy.names.some((pattern) => matchesPattern(pattern, name))
  );
}

// Certificate, key and secret of one name are one thing: what governs any of them governs all.
function facesOf({ kind, managed }: GovernedKind): readonly ObjectKind[] {
  return managed || kind === "certificates" ? objectKindSchema.options : [kind];
}
