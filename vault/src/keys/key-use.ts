// SPDX-License-Identifier: Apache-2.0
/** What the operations with keys work with, and on. */

import type { HsmClient } from "@strongroom/hsm/client";
import type { Vault } from "../vaults/vault-record.ts";
import type { KeyAccess } from "./key-access.ts";
import type { FoundKey } from "./key-kind.ts";

/** What operations work with. */
export interface KeyUseDeps {
  readonly hsm: Pick<
    HsmClient,
    "sign" | "verify" | "encrypt" | "decrypt" | "wrap" | "unwrap" | "secureWrap"
  >;
  readonly access: KeyAccess;
}

/** A key that may do what follows: that was decided, or will be before anything leaves. */
export interface UsedKey {
  readonly vault: Vault;
  readonly found: FoundKey;
  /** By Key Vault's name. */
  readonly algorithm: string;
}
