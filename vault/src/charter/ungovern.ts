// SPDX-License-Identifier: Apache-2.0
/** Taking a policy's name off an object, which governed is sticky for: the resources have let go of it, and the signers order it. */

import { type ObjectKind, objectKindSchema } from "@strongroom/api";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { objectKey, objectRecordSchema } from "../objects/object-record.ts";
import { facesOf, selects } from "../objects/selector.ts";
import { policyKey, policyRecordSchema, readRecord, type Vault } from "../vaults/vault-record.ts";

/** Which policy is to let go of which object, `KIND/NAME`. */
export interface Ungoverning {
  readonly object: string;
  readonly policy: string;
}

/** Takes the name off every face of the object. @throws {Refusal} `NotFound` where it does not govern, `Conflict` while the policy selects it. */
export async function ungovern(
  tx: LedgerTransaction,
  vault: Vault,
  { object: id, policy: policyName }: Ungoverning,
): Promise<void> {
  const [kindText, name = ""] = id.split("/");
  const kind = objectKindSchema.parse(kindText);
  const object = await readRecord(tx, objectKey(vault.uid, kind, name), objectRecordSchema);
  if (!object?.governed.includes(policyName)) {
    throw new Refusal("NotFound", `policy ${policyName} does not govern ${id}`);
  }
  const { managed } = object;
  const policy = await readRecord(tx, policyKey(vault.uid, policyName), policyRecordSchema);
  if (policy?.deleted === false && selects(policy, { kind, managed }, name)) {
    throw new Refusal("Conflict", `policy ${policyName} still selects ${id}`);
  }
  for (const face of facesOf({ kind, managed })) {
    await takeOff(tx, vault, { face, name, policyName });
  }
}

async function takeOff(
  tx: LedgerTransaction,
  vault: Vault,
  where: { readonly face: ObjectKind; readonly name: string; readonly policyName: string },
): Promise<void> {
  const key = objectKey(vault.uid, where.face, where.name);
  const object = await readRecord(tx, key, objectRecordSchema);
  if (object?.governed.includes(where.policyName)) {
    const governed = object.governed.filter((name) => name !== where.policyName);
    await tx.put(key, { ...object, governed });
  }
}
