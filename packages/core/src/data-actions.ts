// SPDX-License-Identifier: Apache-2.0
/** Data actions by the names that Azure documents for Key Vault (`Microsoft.KeyVault/vaults`) and Managed HSM. */

const prefix = "Microsoft.KeyVault/vaults";
const hsm = "Microsoft.KeyVault/managedHsm";

/** Data actions on secrets. */
export const secretActions = [
  `${prefix}/secrets/getSecret/action`,
  `${prefix}/secrets/setSecret/action`,
  `${prefix}/secrets/readMetadata/action`,
  `${prefix}/secrets/update/action`,
  `${prefix}/secrets/delete`,
  `${prefix}/secrets/recover/action`,
  `${prefix}/secrets/purge/action`,
  `${prefix}/secrets/backup/action`,
  `${prefix}/secrets/restore/action`,
] as const;

/** Data actions on keys. */
export const keyActions = [
  `${prefix}/keys/read`,
  `${prefix}/keys/create/action`,
  `${prefix}/keys/import/action`,
  `${prefix}/keys/update/action`,
  `${prefix}/keys/delete`,
  `${prefix}/keys/recover/action`,
  `${prefix}/keys/purge/action`,
  `${prefix}/keys/backup/action`,
  `${prefix}/keys/restore/action`,
  `${prefix}/keys/encrypt/action`,
  `${prefix}/keys/decrypt/action`,
  `${prefix}/keys/wrap/action`,
  `${prefix}/keys/unwrap/action`,
  // Azure has no published name for these two yet; they follow the pattern of the others.
  `${prefix}/keys/secureWrap/action`,
  `${prefix}/keys/secureUnwrap/action`,
  `${prefix}/keys/sign/action`,
  `${prefix}/keys/verify/action`,
  `${prefix}/keys/rotate/action`,
  `${prefix}/keys/release/action`,
  `${prefix}/keyrotationpolicies/read`,
  `${prefix}/keyrotationpolicies/write`,
] as const;

/** Data actions on certificates, their issuers and contacts. */
export const certificateActions = [
  `${prefix}/certificates/read`,
  `${prefix}/certificates/create/action`,
  `${prefix}/certificates/import/action`,
  `${prefix}/certificates/update/action`,
  `${prefix}/certificates/delete`,
  `${prefix}/certificates/recover/action`,
  `${prefix}/certificates/purge/action`,
  `${prefix}/certificates/backup/action`,
  `${prefix}/certificates/restore/action`,
  `${prefix}/certificatecas/read`,
  `${prefix}/certificatecas/write`,
  `${prefix}/certificatecas/delete`,
  `${prefix}/certificatecontacts/write`,
] as const;

/** Random bytes from the HSM. Key Vault has no such action, Managed HSM has. */
export const randomActions = [`${hsm}/rng/action`] as const;

/** Data actions on the vault's own role assignments and definitions, as Managed HSM names them. */
export const roleActions = [
  `${hsm}/roleAssignments/read/action`,
  `${hsm}/roleAssignments/write/action`,
  `${hsm}/roleAssignments/delete/action`,
  `${hsm}/roleDefinitions/read/action`,
  `${hsm}/roleDefinitions/write/action`,
  `${hsm}/roleDefinitions/delete/action`,
] as const;

/** A data action that this vault knows. */
export type DataAction =
  | (typeof secretActions)[number]
  | (typeof keyActions)[number]
  | (typeof certificateActions)[number]
  | (typeof randomActions)[number]
  | (typeof roleActions)[number];

/** Every data action. */
export const dataActions: readonly DataAction[] = [
  ...secretActions,
  ...keyActions,
  ...certificateActions,
  ...randomActions,
  ...roleActions,
];

/** Kinds of objects, as in routes and scopes. */
export type ScopeKind = "secrets" | "keys" | "certificates";

const kinds: ReadonlyMap<DataAction, ScopeKind> = new Map([
  ...secretActions.map((action) => [action, "secrets"] as const),
  ...keyActions.map((action) => [action, "keys"] as const),
  ...certificateActions.map((action) => [action, "certificates"] as const),
]);

/** Kind of the objects that an action is about; nothing for what concerns the vault as a whole. */
export function kindOfAction(action: DataAction): ScopeKind | undefined {
  return kinds.get(action);
}

const decidedLater: ReadonlySet<DataAction> = new Set([
  `${prefix}/secrets/readMetadata/action`,
  `${prefix}/keys/read`,
  `${prefix}/certificates/read`,
  `${prefix}/secrets/restore/action`,
  `${prefix}/keys/restore/action`,
  `${prefix}/certificates/restore/action`,
]);

/**
 * Whether an action that names no object yet is decided again for each that it touches: entries of a list, and the object
 * in a backup.
 */
export function isDecidedByObject(action: DataAction): boolean {
  return decidedLater.has(action);
}
