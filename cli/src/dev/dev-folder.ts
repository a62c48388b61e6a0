// SPDX-License-Identifier: Apache-2.0
/** The folder of a development vault: where its parts are, and the vault's configuration in it. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { DevIssuer } from "./dev-issuer.ts";
import { administrator } from "./dev-issuer.ts";

/** Paths of everything in the folder. */
export interface DevFolder {
  readonly root: string;
  readonly token: string;
  readonly socket: string;
  readonly store: string;
  readonly trust: string;
  readonly ca: string;
  readonly config: string;
  readonly keySet: string;
  readonly vaultUid: string;
  /** What a client needs: `{"url","ca","token"}`, mode 0600. */
  readonly devJson: string;
}

/**
 * Host names: the vault's own; another of its, for clients that take a challenge from the domain above a host alone; and the
 * installation's, which management uses.
 */
export const devHosts = {
  vault: "localhost",
  vaultInDomain: "vault.localhost",
  installation: "strongroom.localhost",
} as const;

/** Paths under `root`. */
export function devFolder(root: string): DevFolder {
  const trust = join(root, "trust");
  return {
    root,
    token: join(root, "token"),
    socket: join(root, "run"),
    store: join(root, "store"),
    trust,
    ca: join(trust, "infrastructure-ca.crt"),
    config: join(root, "vault.yaml"),
    keySet: join(root, "issuer-keys.json"),
    vaultUid: join(root, "vault-uid"),
    devJson: join(root, "dev.json"),
  };
}

/** Writes the vault's configuration and the issuer's public keys. */
export async function writeVaultConfig(
  folder: DevFolder,
  port: number,
  issuer: DevIssuer,
): Promise<void> {
  await writeFile(folder.keySet, JSON.stringify(issuer.keySet), { mode: 0o600 });
  const config = {
    issuer: `https://${devHosts.installation}`,
    installationHosts: [devHosts.installation],
    listen: { address: "127.0.0.1", port, unnamedHost: devHosts.vault },
    health: { address: "127.0.0.1", port: 0 },
    store: { directory: folder.store },
    hsm: { directory: folder.socket },
    trustDirectory: folder.trust,
    oidcIssuers: [
      {
        issuer: issuer.issuer,
        audience: issuer.audience,
        jwksFile: folder.keySet,
        administrators: [administrator],
        securityOfficers: [administrator],
        auditors: [administrator],
      },
    ],
    // No node attests to a development vault: without trust roots every device is refused.
    attestation: { tpm: { trustRoots: [] }, enrolment: "Listed" },
    logLevel: "warn",
  };
  await writeFile(folder.config, stringify(config), { mode: 0o600 });
}
