// SPDX-License-Identifier: Apache-2.0
/** Creating and changing a vault, and letting it go. */

import { type PutVaultRequest, reservedVaultNames, wholeVault } from "@strongroom/api";
import { type JsonValue, StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { useOrder } from "../charter/orders.ts";
import { type TakenCharter, takeCharter } from "../charter/take-charter.ts";
import { dataKeyRecord } from "../installation/scope-keys.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { ensurePendingPolicies } from "../objects/pending-policies.ts";
import { accountsNamed, assignmentsOf } from "../roles/assignments-of.ts";
import { type BoundAccounts, bindAccounts } from "../roles/bind-accounts.ts";
import { readRoles, rolesKey } from "../roles/role-records.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import {
  ownerOf,
  readRecord,
  type Vault,
  vaultKey,
  vaultPurgeAt,
  vaultRecordSchema,
} from "../vaults/vault-record.ts";
import { putIfChanged } from "./put-if-changed.ts";
import { domainsOf, hostsOf } from "./vault-names.ts";

/** Where the installation's vaults live. */
export interface VaultNaming {
  readonly clusterDomain: string;
  /** Issuer of ServiceAccount identities, `kubernetes:<cluster uid>`. */
  readonly clusterIssuer: string;
  readonly isTaken: (host: string, uid: string) => boolean;
}

/** A vault to write: `dataKey` is the record of a fresh data key, for a vault that has none yet. */
export interface VaultWrite {
  readonly uid: string;
  readonly request: PutVaultRequest;
  readonly naming: VaultNaming;
  readonly dataKey: JsonValue | undefined;
  readonly at: Date;
}

/** What was written. */
export interface WrittenVault {
  readonly vault: Vault;
  readonly created: boolean;
  /** The charter that the resource brought. */
  readonly charter: TakenCharter | undefined;
  readonly accounts: BoundAccounts;
}

/** Writes the vault and its roles. @throws {Refusal} `AddressConflict`, `BadParameter`, `CharterRefused`, `ObjectIsDeletedButRecoverable`. */
export async function putVault(tx: LedgerTransaction, write: VaultWrite): Promise<WrittenVault> {
  const { uid, naming } = write;
  const existing = await readRecord(tx, vaultKey(uid), vaultRecordSchema);
  requireBelonging(write, existing);
  if (existing !== undefined && existing.deleted !== null) {
    await useOrder(tx, existing, { action: "recover", object: wholeVault }, write.at);
  }
  const vault = nextVault(write, existing);
  const conflict = vault.hosts.find((host) => naming.isTaken(host, uid));
  if (conflict !== undefined) {
    throw new Refusal("AddressConflict", `host ${conflict} belongs to another vault`);
  }
  if (existing !== undefined && write.dataKey !== undefined) {
    throw new StrongroomError("Conflict", "the vault was made a moment ago; try again");
  }
  if (write.dataKey !== undefined) {
    await tx.put({ scope: uid, id: dataKeyRecord }, write.dataKey);
  }
  const charter = await takeSpecCharter(tx, write, vault);
  const chartered = { ...vault, ...(charter !== undefined && { chartered: true }) };
  await putIfChanged(tx, vaultKey(uid), { ...chartered });
  await ensurePendingPolicies(tx, uid);
  return {
    vault: chartered,
    created: existing === undefined,
    charter,
    accounts: await putRoles(tx, write),
  };
}

// A resource without one takes nothing away: what the vault took is the vault's.
async function takeSpecCharter(
  tx: LedgerTransaction,
  { request, naming, at }: VaultWrite,
  vault: Vault,
): Promise<TakenCharter | undefined> {
  const { charter } = request.spec;
  const { clusterIssuer } = naming;
  return charter === undefined
    ? undefined
    : await takeCharter(tx, charter, { vault, clusterIssuer, at });
}

async function putRoles(
  tx: LedgerTransaction,
  { uid, request, naming }: VaultWrite,
): Promise<BoundAccounts> {
  const { spec, namespace } = request;
  const known = await readRoles(tx, uid);
  const accounts = bindAccounts({
    named: accountsNamed(spec),
    bound: known.accounts,
    existing: Object.fromEntries(
      (request.accounts ?? []).map(({ name, uid: account }) => [name, account]),
    ),
  });
  const { bound } = accounts;
  const { clusterIssuer } = naming;
  const assignments = assignmentsOf(spec, { namespace, clusterIssuer, bound });
  await putIfChanged(tx, rolesKey(uid), { assignments, accounts: { ...bound }, api: known.api });
  return accounts;
}

/** Marks the vault deleted: it answers under no host, and all of it stays for its retention. */
export async function deleteVault(
  tx: LedgerTransaction,
  { uid, owner, at }: { readonly uid: string; readonly owner: string; readonly at: Date },
): Promise<{ readonly vault: Vault | undefined; readonly deleted: boolean }> {
  const existing = await readRecord(tx, vaultKey(uid), vaultRecordSchema);
  if (existing === undefined || existing.deleted !== null || ownerOf(existing) !== owner) {
    return { vault: existing, deleted: false };
  }
  const vault = { ...existing, deleted: toSeconds(at) };
  await tx.put(vaultKey(uid), vault);
  return { vault, deleted: true };
}

/** @throws {Refusal} unless the vault is this resource's, or deleted and to be recovered by it. */
function requireBelonging({ uid, request, at }: VaultWrite, existing: Vault | undefined): void {
  const isRecovery = request.spec.recover !== undefined;
  if (isRecovery ? request.spec.recover !== uid : request.owner.uid !== uid) {
    throw new Refusal("BadParameter", "the vault's uid is neither the resource's nor recover's");
  }
  if (existing === undefined) {
    if (isRecovery) {
      throw new Refusal("NotFound", "there is no vault to recover");
    }
    return;
  }
  if (existing.deleted === null) {
    if (ownerOf(existing) !== request.owner.uid) {
      throw new Refusal("NameInUse", "the vault belongs to another resource");
    }
    return;
  }
  const isOver = vaultPurgeAt(existing.deleted, existing) <= toSeconds(at);
  if (!isRecovery || isOver || !isSameNamespace(existing, request)) {
    // One message for all: who may not have the vault learns nothing of it.
    throw new Refusal(
      "ObjectIsDeletedButRecoverable",
      "the vault is deleted; a resource of its own namespace may recover it before it is purged",
    );
  }
}

// A namespace that was deleted and made anew has the name, and other people in it.
function isSameNamespace(existing: Vault, { namespace, namespaceUid }: PutVaultRequest): boolean {
  return existing.namespace === namespace && existing.namespaceUid === namespaceUid;
}

function nextVault(write: VaultWrite, existing: Vault | undefined): Vault {
  const { uid, request, naming, at } = write;
  const { spec, name, namespace } = request;
  if (existing !== undefined && existing.protection !== spec.protection) {
    throw new Refusal("BadParameter", "protection cannot be changed once it is set");
  }
  if ((reservedVaultNames as readonly string[]).includes(name)) {
    throw new Refusal("BadParameter", `vault name ${name} is reserved`);
  }
  return {
    uid,
    owner: request.owner.uid,
    name,
    namespace,
    namespaceUid: request.namespaceUid ?? existing?.namespaceUid,
    hosts: hostsOf(request, naming.clusterDomain),
    domains: domainsOf(request, naming.clusterDomain),
    protection: spec.protection,
    release: spec.release,
    retentionDays: existing?.retentionDays ?? spec.softDelete.retentionDays,
    purgeProtection: (existing?.purgeProtection ?? false) || spec.softDelete.purgeProtection,
    legacyAlgorithms: [...(spec.keys?.legacyAlgorithms ?? [])],
    chartered: existing?.chartered,
    generation: request.generation,
    created: existing?.created ?? toSeconds(at),
    deleted: null,
  };
}
