// SPDX-License-Identifier: Apache-2.0
/** Which vault answers under which host: the vaults' records in memory, kept by the one process that writes them. */

import { installationScope } from "@strongroom/core";
import type { LedgerReader } from "../ledger/ledger.ts";
import { parseRecord, type Vault, vaultRecordSchema } from "./vault-record.ts";

/** Vaults by uid and by host. */
export interface VaultDirectory {
  byUid(uid: string): Vault | undefined;
  /** Vaults that are not deleted. */
  all(): readonly Vault[];
  /** Vaults that are deleted and not yet purged. */
  deleted(): readonly Vault[];
  /** The vault of a host in lower case; deleted vaults have none. */
  byHost(host: string): Vault | undefined;
  /** Takes over a vault as it was just written. */
  set(vault: Vault): void;
}

const pageSize = 100;

/** Reads all vaults. */
export async function loadVaultDirectory(records: LedgerReader): Promise<VaultDirectory> {
  const vaults = new Map<string, Vault>();
  const hosts = new Map<string, Vault>();
  const set = (vault: Vault) => {
    for (const host of vaults.get(vault.uid)?.hosts ?? []) {
      if (hosts.get(host)?.uid === vault.uid) {
        hosts.delete(host);
      }
    }
    vaults.set(vault.uid, vault);
    if (vault.deleted === null) {
      for (const host of vault.hosts) {
        hosts.set(host, vault);
      }
    }
  };
  for await (const { body } of allRecords(records, installationScope, "vault/")) {
    set(parseRecord(vaultRecordSchema, body));
  }
  return {
    byUid: (uid) => vaults.get(uid),
    all: () => [...vaults.values()].filter(({ deleted }) => deleted === null),
    deleted: () =>
      [...vaults.values()].filter(
        ({ deleted, purged }) => deleted !== null && purged === undefined,
      ),
    byHost: (host) => hosts.get(host),
    set,
  };
}

/** Every record of a scope under a prefix and behind `start`, in the order of ids, a page at a time. */
export async function* allRecords(
  records: LedgerReader,
  scope: string,
  prefix: string,
  start?: string,
) {
  let after = start;
  for (;;) {
    const page = await records.list(scope, prefix, {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < pageSize || after === undefined) {
      return;
    }
  }
}
