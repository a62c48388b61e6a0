// SPDX-License-Identifier: Apache-2.0
/** Which release policies govern an object. Governed is sticky: names are added, and deleting a policy takes none away. */

import { maxNamedObjects, type ObjectKind, objectKindSchema } from "@strongroom/api";
import type { LedgerTransaction, RecordBody } from "../ledger/ledger.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import {
  type PolicyRecord,
  parseRecord,
  policyPrefix,
  policyRecordSchema,
} from "../vaults/vault-record.ts";
import { governBatch } from "./limits.ts";
import { type ObjectRecord, objectKey, objectPrefix, objectRecordSchema } from "./object-record.ts";
import { setPending } from "./pending-policies.ts";
import { type GovernedKind, selects, unite } from "./selector.ts";

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

/** Where the objects are that a policy has not been compared with yet. */
export interface GovernPlace {
  readonly kind: ObjectKind;
  /** Record id of the last one that has. */
  readonly after: string;
}

/** What a step has come to. */
export interface GovernStep {
  /** Objects that are there and that the policy governs, of those that the step looked at. */
  readonly governed: number;
  /** Ids of the first of them, as KIND/NAME. */
  readonly names: readonly string[];
  /** Where to go on; nothing where every object was looked at. */
  readonly next: GovernPlace | undefined;
}

/** Adds the policy's name to the next objects that it selects, deleted ones and tombstones too. While there are more, it is pending. */
export async function governNext(
  tx: LedgerTransaction,
  vaultUid: string,
  policy: PolicyRecord,
  from: GovernPlace = { kind: "secrets", after: "" },
): Promise<GovernStep> {
  const names: string[] = [];
  let left = governBatch;
  let next: GovernPlace | undefined = from;
  while (next !== undefined && left > 0) {
    const { kind, after }: GovernPlace = next;
    const page = { limit: left, ...(after === "" ? {} : { after }) };
    const records = await tx.list(vaultUid, objectPrefix(kind), page);
    names.push(...(await governAll(tx, { scope: vaultUid, kind }, policy, records)));
    const isWhole = records.length < left;
    next = isWhole ? firstBehind(kind) : { kind, after: records.at(-1)?.id ?? "" };
    left -= records.length;
  }
  await setPending(tx, vaultUid, policy.name, next !== undefined);
  return { governed: names.length, names: names.slice(0, maxNamedObjects), next };
}

function firstBehind(kind: ObjectKind): GovernPlace | undefined {
  const { options } = objectKindSchema;
  const next = options[options.indexOf(kind) + 1];
  return next === undefined ? undefined : { kind: next, after: "" };
}

interface ObjectPlace {
  readonly scope: string;
  readonly kind: ObjectKind;
}

async function governAll(
  tx: LedgerTransaction,
  place: ObjectPlace,
  policy: PolicyRecord,
  records: readonly RecordBody[],
): Promise<readonly string[]> {
  const governed: string[] = [];
  for (const { body } of records) {
    const object = parseRecord(objectRecordSchema, body);
    if (selects(policy, { kind: place.kind, managed: object.managed }, object.name)) {
      if (object.purged === null) {
        governed.push(`${place.kind}/${object.name}`);
      }
      await addPolicy(tx, place, object, policy.name);
    }
  }
  return governed;
}

async function addPolicy(
  tx: LedgerTransaction,
  { scope, kind }: ObjectPlace,
  object: ObjectRecord,
  name: string,
): Promise<void> {
  const governed = unite(object.governed, [name]);
  if (governed.length !== object.governed.length) {
    await tx.put(objectKey(scope, kind, object.name), { ...object, governed });
  }
}
