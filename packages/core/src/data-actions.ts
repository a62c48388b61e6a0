// SPDX-License-Identifier: Apache-2.0
/** Data actions by the names that Azure documents for Key Vault (`Microsoft.KeyVault/vaults`). */

const prefix = "Microsoft.KeyVault/vaults";

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

/** A data action that this vault knows. */
export type DataAction =
  | (typeof secretActions)[number]
  | (typeof keyActions)[number]
  | (typeof certificateActions)[number];
