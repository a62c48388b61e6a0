// SPDX-License-Identifier: Apache-2.0
/** The keys of vaults' values, from where a vault's protection has them derived. */

import type { DeriveSubkey } from "@strongroom/core";
import type { Installation } from "./installation/open-installation.ts";
import type { Vault } from "./vaults/vault-record.ts";

/** Derives for a vault. */
export function deriveFrom(scopeKeys: Installation["scopeKeys"]): (vault: Vault) => DeriveSubkey {
  return (vault: Vault) => scopeKeys.derive(vault.uid, vault.protection);
}
