// SPDX-License-Identifier: Apache-2.0
/** The state of a vault as the operator sees it: facts, policies and the objects that resources made. */

import type { ObjectKind, VaultStatus } from "@strongroom/api";
import type { HsmClient } from "@strongroom/hsm/client";
import { charterFacts } from "../charter/charter-facts.ts";
import { readCharter } from "../charter/charter-record.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { objectPrefix, objectRecordSchema } from "../objects/object-record.ts";
import { isActive } from "../objects/read-object.ts";
import { readSealingKey } from "../sealing/sealing-key.ts";
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
  const charter = await readCharter(ledger, vault);
  const sealing = await readSealingKey(ledger, vault.uid);
  return {
    uid: vault.uid,
    protection: vault.protection,
    domain,
    enforcedBy,
    ...(sealing === undefined ? {} : { sealingKey: sealing.key }),
    ...(charter === undefined ? {} : { charter: charterFacts(charter) }),
    auditHead: { log, size, root, time },
    counts: {
      secrets: await countObjects(ledger, vault, "secrets"),
      keys: await countObjects(ledger, vault, "keys"),
      certificates: await countObjects(ledger, vault, "certificates"),
    },
  };
}

/** Facts, policies, and the objects that resources made. */
export async function vaultStatus(deps: StatusDeps, vault: Vault): Promise<VaultStatus> {
  const policies: VaultStatus["policies"] = [];
  for await (const { body } of allRecords(deps.ledger, vault.uid, policyPrefix)) {
    const { name, owner, digest, deleted, resourceGone } = parseRecord(policyRecordSchema, body);
    if (!deleted && resourceGone !== true) {
      policies.push({ name, owner: { uid: owner }, digest });
    }
  }
  const held = {
    secrets: await heldObjects(deps, vault, "secrets"),
    keys: await heldObjects(deps, vault, "keys"),
    certificates: await heldObjects(deps, vault, "certificates"),
  };
  const { name, namespace } = vault;
  return { ...(await vaultFacts(deps, vault)), name, namespace, policies, ...held };
}

async function countObjects(ledger: Ledger, vault: Vault, kind: ObjectKind): Promise<number> {
  let count = 0;
  for await (const { body } of allRecords(ledger, vault.uid, objectPrefix(kind))) {
    count += isActive(parseRecord(objectRecordSchema, body)) ? 1 : 0;
  }
  return count;
}

async function heldObjects(
  { ledger }: StatusDeps,
  vault: Vault,
  kind: ObjectKind,
): Promise<VaultStatus["secrets"]> {
  const held: VaultStatus["secrets"] = [];
  for await (const { body } of allRecords(ledger, vault.uid, objectPrefix(kind))) {
    const object = parseRecord(objectRecordSchema, body);
    // What a certificate manages comes and goes with the certificate.
    if (object.owner !== null && !object.managed && isActive(object)) {
      held.push({ name: object.name, owner: { uid: object.owner }, version: object.current });
    }
  }
  return held;
}
