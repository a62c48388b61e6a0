// SPDX-License-Identifier: Apache-2.0
/** The state of a vault as the operator sees it: facts, policies and the secrets that resources made. */

import type { VaultStatus } from "@strongroom/api";
import type { HsmClient } from "@strongroom/hsm/client";
import type { Ledger } from "../ledger/ledger.ts";
import { objectPrefix, objectRecordSchema } from "../objects/object-record.ts";
import { isActive } from "../objects/read-object.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import {
  parseRecord,
  policyPrefix,
  policyRecordSchema,
  type Vault,
} from "../vaults/vault-record.ts";

/** What the status is read from. */
export interface StatusDeps {
  readonly ledger: Ledger;
  readonly hsm: HsmClient;
}

/** What holds for the vault whatever is in it, and how much that is. */
export async function vaultFacts({ ledger, hsm }: StatusDeps, vault: Vault) {
  const { domain, enforcedBy } = await hsm.status();
  const { log, size, root, time } = ledger.head();
  let secrets = 0;
  for await (const { body } of allRecords(ledger, vault.uid, objectPrefix("secrets"))) {
    secrets += isActive(parseRecord(objectRecordSchema, body)) ? 1 : 0;
  }
  return {
    uid: vault.uid,
    protection: vault.protection,
    domain,
    enforcedBy,
    auditHead: { log, size, root, time },
    counts: { secrets },
  };
}

/** Facts, policies and managed secrets. */
export async function vaultStatus(deps: StatusDeps, vault: Vault): Promise<VaultStatus> {
  const policies: VaultStatus["policies"] = [];
  for await (const { body } of allRecords(deps.ledger, vault.uid, policyPrefix)) {
    const { name, owner, digest, deleted } = parseRecord(policyRecordSchema, body);
    if (!deleted) {
      policies.push({ name, owner: { uid: owner }, digest });
    }
  }
  const secrets: VaultStatus["secrets"] = [];
  for await (const { body } of allRecords(deps.ledger, vault.uid, objectPrefix("secrets"))) {
    const object = parseRecord(objectRecordSchema, body);
    if (object.owner !== null && isActive(object)) {
      secrets.push({
        name: object.name,
        owner: { uid: object.owner },
        version: object.current,
      });
    }
  }
  const { name, namespace } = vault;
  return { ...(await vaultFacts(deps, vault)), name, namespace, policies, secrets };
}
