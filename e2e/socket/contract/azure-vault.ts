// SPDX-License-Identifier: Apache-2.0
/** Vaults for the vendor's clients: real processes over a real token, reached over HTTPS by their own host names. */

import { Agent } from "node:https";
import type { LookupFunction } from "node:net";
import type { SecretVaultSpec } from "@strongroom/api";
import {
  type Installation,
  type InstallationOptions,
  startInstallation,
} from "../fixtures/installation.ts";
import { hostOf } from "../fixtures/names.ts";

/** Name of the vault that tests use where they do not say another. */
export const mainVault = "azure";

/** Arguments with which each of the vendor's clients is made. */
export interface ClientArguments {
  readonly url: string;
  readonly credential: {
    readonly getToken: () => Promise<{ token: string; expiresOnTimestamp: number }>;
  };
  readonly options: {
    readonly disableChallengeResourceVerification: true;
    readonly retryOptions: { readonly maxRetries: 0 };
    readonly additionalPolicies: {
      readonly policy: {
        readonly name: string;
        // biome-ignore lint/suspicious/noExplicitAny: the pipeline's types are the vendor's, and each client has its own
        readonly sendRequest: (request: any, next: (request: any) => Promise<any>) => Promise<any>;
      };
      readonly position: "perCall";
    }[];
  };
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
  // Names of vaults are in no DNS here; the certificate is checked against them all the same.
  const lookup: LookupFunction = (_host, options, done) =>
    options.all === true
      ? done(null, [{ address: "127.0.0.1", family: 4 }])
      : done(null, "127.0.0.1", 4);
  const agent = new Agent({ keepAlive: true, ca: installation.ca(), lookup });
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
      options: {
        // The vault's resource is its own host, not a subdomain of vault.azure.net.
        disableChallengeResourceVerification: true,
        retryOptions: { maxRetries: 0 },
        additionalPolicies: [
          {
            policy: {
              name: "loopback",
              sendRequest: (request, next) => next(Object.assign(request, { agent })),
            },
            position: "perCall",
          },
        ],
      },
    }),
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await installation[Symbol.asyncDispose]();
    },
  };
}
