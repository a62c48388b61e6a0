// SPDX-License-Identifier: Apache-2.0
/** Vaults for the vendor's clients: real processes over a real token, reached over HTTPS by their own host names. */

import type { SecretVaultSpec } from "@strongroom/api";
import {
  type Installation,
  type InstallationOptions,
  startInstallation,
} from "../fixtures/installation.ts";
import { hostOf } from "../fixtures/names.ts";
import { type LoopbackOptions, openLoopback } from "./loopback.ts";

/** Name of the vault that tests use where they do not say another. */
export const mainVault = "azure";

/** Arguments with which each of the vendor's clients is made. */
export interface ClientArguments {
  readonly url: string;
  readonly credential: {
    readonly getToken: () => Promise<{ token: string; expiresOnTimestamp: number }>;
  };
  readonly options: LoopbackOptions;
}

/** The vaults. */
export interface AzureVaults extends AsyncDisposable {
  readonly installation: Installation;
  /** What a client of `subject` is made with; `officer` may do everything, others nothing until they get a role. */
  argumentsOf(subject: string, vault?: string): ClientArguments;
}

const vaultsOf = (
  more: Readonly<Record<string, Partial<SecretVaultSpec>>>,
): [string, Partial<SecretVaultSpec>][] => [[mainVault, {}], ...Object.entries(more)];

/** Starts an installation with the main vault, and with more of other specs by name. */
export async function startAzureVaults(
  more: Readonly<Record<string, Partial<SecretVaultSpec>>> = {},
  options: InstallationOptions = {},
): Promise<AzureVaults> {
  const installation = await startInstallation(options);
  const officers: SecretVaultSpec["roleAssignments"] = [
    {
      ...{ role: "Key Vault Administrator", scope: "*" },
      principals: [{ oidc: { issuer: installation.oidc.issuer, subject: "officer" } }],
    },
  ];
  for (const [name, spec] of vaultsOf(more)) {
    const roleAssignments = [...officers, ...(spec.roleAssignments ?? [])];
    await installation.putVault({ name, spec: { ...spec, roleAssignments } });
  }
  const loopback = openLoopback(installation.ca());
  return {
    installation,
    argumentsOf: (subject, vault = mainVault) => ({
      url: `https://${hostOf(vault)}:${installation.vault.port}`,
      credential: {
        getToken: async () => ({
          token: await installation.oidc.token(subject),
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
      },
      options: loopback.options,
    }),
    [Symbol.asyncDispose]: async () => {
      loopback[Symbol.dispose]();
      await installation[Symbol.asyncDispose]();
    },
  };
}
