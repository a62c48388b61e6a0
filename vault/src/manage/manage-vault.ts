// SPDX-License-Identifier: Apache-2.0
/** Management of vaults: one write at a time, and the directory follows what was written. */

import type { ManageCall, PutVaultRequest, PutVaultResponse } from "@strongroom/api";
import type { DeriveSubkey } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { decide } from "../audit/decide.ts";
import type { RequestContext } from "../audit/event.ts";
import type { ScopeKeys } from "../installation/scope-keys.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import { type Vault, vaultKey } from "../vaults/vault-record.ts";
import { requireEpoch } from "./operator-epoch.ts";
import { deleteVault, putVault, type VaultNaming } from "./put-vault.ts";
import { vaultFacts } from "./vault-status.ts";

/** What managing vaults works with. */
export interface VaultManagementDeps {
  readonly ledger: Ledger;
  readonly hsm: HsmClient;
  readonly keys: ScopeKeys;
  readonly directory: VaultDirectory;
  readonly naming: VaultNaming;
  readonly derive: (vault: Vault) => DeriveSubkey;
  /** Runs one write of vaults at a time: two that claim one host must not both find it free. */
  readonly oneAtATime: OneAtATime;
}

/** Creates the vault, or changes it to what is asked. */
export async function manageVault(
  deps: VaultManagementDeps,
  context: RequestContext,
  uid: string,
  request: PutVaultRequest,
): Promise<PutVaultResponse> {
  return await deps.oneAtATime(async () => {
    const isNew = await isUnwritten(deps, uid);
    const dataKey = isNew ? await deps.keys.create(uid, request.spec.protection) : undefined;
    try {
      const { vault, created, accounts } = await decide(deps.ledger, {
        context,
        operationName: "VaultPut",
        properties: { vault: uid, vaultName: request.name, namespace: request.namespace },
        work: async (tx) => {
          await requireEpoch(tx, request.epoch);
          const write = { uid, request, naming: deps.naming, dataKey, at: context.at };
          const result = await putVault(tx, write);
          const { created, charter } = result;
          return { result, properties: { created, ...(charter && { charter: { ...charter } }) } };
        },
      });
      deps.directory.set(vault);
      return {
        ...(await vaultFacts(deps, vault)),
        created,
        pendingAccounts: [...accounts.pending],
        replacedAccounts: [...accounts.replaced],
      };
    } catch (error) {
      if (isNew) {
        deps.keys.forget(uid);
      }
      throw error;
    }
  });
}

// The directory does not know of a vault whose write came through after its caller was told that it may not have.
async function isUnwritten(
  { directory, ledger }: VaultManagementDeps,
  uid: string,
): Promise<boolean> {
  return directory.byUid(uid) === undefined && (await ledger.read(vaultKey(uid))) === undefined;
}

/** Lets the vault go. */
export async function removeVault(
  deps: VaultManagementDeps,
  context: RequestContext,
  uid: string,
  request: ManageCall,
): Promise<{ readonly deleted: boolean }> {
  return await deps.oneAtATime(async () => {
    const { vault, deleted } = await decide(deps.ledger, {
      context,
      operationName: "VaultDelete",
      properties: { vault: uid },
      work: async (tx) => {
        await requireEpoch(tx, request.epoch);
        return { result: await deleteVault(tx, { uid, owner: request.owner.uid, at: context.at }) };
      },
    });
    if (vault !== undefined) {
      deps.directory.set(vault);
    }
    return { deleted };
  });
}

/** Runs work in the order in which it came, one piece after the other, whatever becomes of each. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/** A line of its own. */
export function createLine(): OneAtATime {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = tail.then(work, work);
    tail = mine.catch(() => undefined);
    return mine;
  };
}
