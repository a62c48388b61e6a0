// SPDX-License-Identifier: Apache-2.0
/** Vaults and clients for the contract of `@azure/keyvault-secrets`. */

import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll } from "@jest/globals";
import { type AzureVaults, mainVault, startAzureVaults } from "../azure-vault.ts";
import { watch } from "../contract.ts";

let vaults: AzureVaults;

/** Has the vaults started before the tests of a file, and stopped after them. */
export function useVaults(): void {
  beforeAll(async () => {
    vaults = await startAzureVaults({
      protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
    });
  });
  afterAll(async () => {
    await vaults[Symbol.asyncDispose]();
  });
}

/** A client of a vault. */
export const clientOf = (subject: string, vault?: string) => {
  const { url, credential, options } = vaults.argumentsOf(subject, vault);
  return watch(new SecretClient(url, credential, options));
};
/** The client of who may do everything. */
export const officer = () => clientOf("officer");
/** The client of who may do nothing. */
export const nobody = () => clientOf("nobody");
/** How often clients look whether something is done, in milliseconds. */
export const poll = { intervalInMs: 50 };

/** A fresh secret of three versions, the last of which is `three`. */
export async function makeSecret(name: string): Promise<string[]> {
  const versions: string[] = [];
  for (const value of ["one", "two", "three"]) {
    versions.push((await officer().setSecret(name, value)).properties.version ?? "");
  }
  return versions;
}

/** Deletes a secret and waits until it is deleted. */
export async function deleteSecret(name: string, vault = mainVault) {
  const poller = await clientOf("officer", vault).beginDeleteSecret(name, poll);
  return await poller.pollUntilDone();
}
