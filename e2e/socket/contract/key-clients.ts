// SPDX-License-Identifier: Apache-2.0
/** The clients of `@azure/keyvault-keys`, and short words for what tests do with keys. */

import { CryptographyClient, KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { type AzureVaults, mainVault } from "./azure-vault.ts";
import { watch } from "./contract.ts";

/** Clients by who asks. */
export interface KeyClients {
  keys(subject: string, vault?: string): KeyClient;
  /** Operations with one version of a key, all of them in the vault: the client is given its id alone. */
  cryptography(subject: string, key: KeyVaultKey | string): CryptographyClient;
  /** Deletes a key and waits until it is deleted. */
  remove(name: string, vault?: string): Promise<void>;
}

/** How often clients look whether something is done, in milliseconds. */
export const poll = { intervalInMs: 50 };

/** Clients of these vaults. */
export function keyClients(vaults: () => AzureVaults): KeyClients {
  const keys = (subject: string, vault = mainVault) => {
    const { url, credential, options } = vaults().argumentsOf(subject, vault);
    return watch(new KeyClient(url, credential, options));
  };
  return {
    keys,
    cryptography: (subject, key) => {
      const { credential, options } = vaults().argumentsOf(subject);
      const id = typeof key === "string" ? key : (key.id ?? "");
      return watch(new CryptographyClient(id, credential, options));
    },
    remove: async (name, vault = mainVault) => {
      await (await keys("officer", vault).beginDeleteKey(name, poll)).pollUntilDone();
    },
  };
}
