// SPDX-License-Identifier: Apache-2.0
/** Every vault with the resource that it belongs to, so that the operator finds those whose resource is gone. */

import type { VaultList } from "@strongroom/api";
import type { VaultDirectory } from "../vaults/vault-directory.ts";
import { ownerOf, type Vault, vaultPurgeAt } from "../vaults/vault-record.ts";

/** Vaults, deleted ones too as long as they are not purged. */
export function listVaults(directory: Pick<VaultDirectory, "all" | "deleted">): VaultList {
  return { vaults: [...directory.all(), ...directory.deleted()].map(toEntry) };
}

function toEntry(vault: Vault): VaultList["vaults"][number] {
  const { uid, name, namespace, deleted } = vault;
  return {
    uid,
    owner: { uid: ownerOf(vault) },
    name,
    namespace,
    deleted: deleted === null ? null : { at: deleted, purgeAt: vaultPurgeAt(deleted, vault) },
  };
}
