// SPDX-License-Identifier: Apache-2.0
/** Data actions as clients write them: Key Vault's names, Managed HSM's names for the same, and what no role may hold. */

import { type DataAction, dataActions } from "./data-actions.ts";

const hsm = "Microsoft.KeyVault/managedHsm";
const vaults = "Microsoft.KeyVault/vaults";

/** Managed HSM's names that differ by more than their prefix. "Local RBAC built-in roles", permitted operations. */
const hsmNames: Readonly<Record<string, DataAction>> = {
  [`${hsm}/keys/read/action`]: `${vaults}/keys/read`,
  [`${hsm}/keys/write/action`]: `${vaults}/keys/update/action`,
  [`${hsm}/keys/create`]: `${vaults}/keys/create/action`,
  [`${hsm}/keys/deletedKeys/read/action`]: `${vaults}/keys/read`,
  [`${hsm}/keys/deletedKeys/recover/action`]: `${vaults}/keys/recover/action`,
  [`${hsm}/keys/deletedKeys/delete`]: `${vaults}/keys/purge/action`,
};

const sameBehindPrefix = [
  ...["backup", "restore", "release", "import", "rotate", "encrypt", "decrypt"],
  ...["wrap", "unwrap", "sign", "verify"],
].map((verb) => `keys/${verb}/action`);

const byName: ReadonlyMap<string, DataAction> = new Map<string, DataAction>([
  ...dataActions.map((action) => [action.toLowerCase(), action] as const),
  ...Object.entries(hsmNames).map(([name, action]) => [name.toLowerCase(), action] as const),
  ...[...sameBehindPrefix, "keys/delete"].map(
    (rest) => [`${hsm}/${rest}`.toLowerCase(), `${vaults}/${rest}` as DataAction] as const,
  ),
]);

/** Rights over the installation itself: its security domain, full backup and restore. */
const installationPrefixes = ["securitydomain", "backup", "restore", "settings"].map((part) =>
  `${hsm}/${part}/`.toLowerCase(),
);

/** The action that a name stands for, whatever its case; nothing if no vault knows it. */
export function parseDataAction(name: string): DataAction | undefined {
  return byName.get(name.toLowerCase());
}

/** Whether a name is of a right over the installation, which no role of a vault can hold. */
export function isInstallationAction(name: string): boolean {
  return installationPrefixes.some((start) => name.toLowerCase().startsWith(start));
}
