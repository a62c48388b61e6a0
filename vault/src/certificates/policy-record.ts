// SPDX-License-Identifier: Apache-2.0
/** The stored policy of a certificate: how its next version is made. */

import { toJsonValue } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { readLive } from "../objects/erased.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type CertificatePolicy, certificatePolicySchema } from "./certificate-policy.ts";

/** Id of the record of a certificate's policy. */
export const policyRecordId = (name: string): string => `certificate-policy/${name.toLowerCase()}`;

/** The policy of a certificate. @throws {Refusal} `NotFound` if there is none. */
export async function readPolicy(
  tx: RecordReader,
  vault: Vault,
  name: string,
): Promise<CertificatePolicy> {
  const key = { scope: vault.uid, id: policyRecordId(name) };
  const policy = await readLive(tx, key, certificatePolicySchema);
  if (policy === undefined) {
    throw new Refusal("NotFound", `Policy not found: ${name}`);
  }
  return policy;
}

/** Writes the policy. */
export async function putPolicy(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
  policy: CertificatePolicy,
): Promise<void> {
  const content = toJsonValue(certificatePolicySchema.parse(policy));
  await tx.put({ scope: vault.uid, id: policyRecordId(name) }, content);
}
