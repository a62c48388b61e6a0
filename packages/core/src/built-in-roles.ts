// SPDX-License-Identifier: Apache-2.0
/**
 * Key Vault's and Managed HSM's built-in roles: Azure's names, ids and data actions.
 *
 * None of them holds a right over the installation. Managed HSM's Administrator, Backup and Restore have such rights in
 * Azure; here they keep what concerns one vault.
 */

import {
  certificateActions,
  type DataAction,
  keyActions,
  randomActions,
  roleActions,
  secretActions,
} from "./data-actions.ts";

/** A role: a name for a set of data actions. */
export interface RoleDefinition {
  /** A GUID; Azure's own for built-in roles. */
  readonly id: string;
  readonly description: string;
  readonly actions: readonly DataAction[];
}

const vaults = "Microsoft.KeyVault/vaults";
const [assignmentsRead, assignmentsWrite, assignmentsDelete, definitionsRead] = roleActions;

/** Actions on keys by their verbs. */
const keys = (...verbs: readonly KeyVerb[]): readonly DataAction[] =>
  verbs.map((verb) => `${vaults}/keys/${verb}/action` as const);
type KeyVerb = typeof keyActions extends readonly (infer A)[]
  ? A extends `${string}/keys/${infer V}/action`
    ? V
    : never
  : never;

const readKeys = `${vaults}/keys/read` as const;
const readMetadata = `${vaults}/secrets/readMetadata/action` as const;
const readCertificates = `${vaults}/certificates/read` as const;
const wrapping = keys("wrap", "unwrap", "secureWrap");
const cryptography = [...keys("encrypt", "decrypt", "sign", "verify"), ...wrapping];

const role = (id: string, description: string, actions: readonly DataAction[]): RoleDefinition => ({
  id,
  description,
  actions,
});

/** Roles of Key Vault. */
const keyVaultRoles = {
  "Key Vault Administrator": role(
    "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "all data actions on secrets, keys and certificates; grants no roles",
    [...secretActions, ...keyActions, ...certificateActions, ...randomActions],
  ),
  "Key Vault Reader": role("21090545-7ca7-4776-b22c-e363652d74d2", "reads metadata; no values", [
    readMetadata,
    readKeys,
    `${vaults}/keyrotationpolicies/read`,
    readCertificates,
    `${vaults}/certificatecas/read`,
  ]),
  "Key Vault Purge Operator": role(
    "a68e7c17-0ab2-4c09-9a58-125dae29748c",
    "purges what is deleted",
    [
      `${vaults}/secrets/purge/action`,
      `${vaults}/keys/purge/action`,
      `${vaults}/certificates/purge/action`,
    ],
  ),
  "Key Vault Certificates Officer": role(
    "a4417e6f-fecd-4de8-b567-7b0420556985",
    "any action on certificates, issuers and contacts",
    certificateActions,
  ),
  "Key Vault Certificate User": role(
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
    "reads certificates with their secrets and keys",
    [readCertificates, `${vaults}/secrets/getSecret/action`, readMetadata, readKeys],
  ),
  "Key Vault Crypto Officer": role("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", "any action on keys", [
    ...keyActions,
    ...randomActions,
  ]),
  "Key Vault Crypto Service Encryption User": role(
    "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "reads keys, wraps and unwraps with them",
    [readKeys, ...wrapping],
  ),
  "Key Vault Crypto User": role(
    "12338af0-0e69-4776-bea7-57ae8d297424",
    "cryptographic operations with keys",
    [readKeys, ...keys("update", "backup"), ...cryptography],
  ),
  "Key Vault Crypto Service Release User": role(
    "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
    "releases keys, and data keys that they wrapped",
    keys("release", "secureUnwrap"),
  ),
  "Key Vault Secrets Officer": role(
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "any action on secrets",
    secretActions,
  ),
  "Key Vault Secrets User": role(
    "4633458b-17de-408a-b874-0445c86b69e6",
    "reads secrets with their values",
    [`${vaults}/secrets/getSecret/action`, readMetadata],
  ),
  "Key Vault Data Access Administrator": role(
    "8b54135c-b56d-4d72-a534-26097cfdc8d8",
    "grants and takes away roles: those that it holds beside this one, and those that are delegable to it",
    [assignmentsRead, assignmentsWrite, assignmentsDelete, definitionsRead],
  ),
} as const;

/** Roles of Managed HSM, on the same actions. */
const managedHsmRoles = {
  "Managed HSM Administrator": role(
    "a290e904-7015-4bba-90c8-60543313cdb4",
    "manages role assignments and definitions; nothing of the security domain",
    roleActions,
  ),
  "Managed HSM Crypto Officer": role(
    "515eb02d-2335-4d2d-92f2-b1cbdf9c3778",
    "manages roles; reads, recovers and purges deleted keys",
    [...roleActions, readKeys, ...keys("recover", "purge")],
  ),
  "Managed HSM Crypto User": role(
    "21dbd100-6940-42c2-9190-5d6cb909625b",
    "manages and uses keys; neither purges nor recovers them",
    [...keyActions.filter((action) => !/\/(?:purge|recover)\//.test(action)), ...randomActions],
  ),
  "Managed HSM Policy Administrator": role(
    "4bd23610-cdcf-4971-bdee-bdc562cc28e4",
    "manages role assignments and definitions",
    roleActions,
  ),
  "Managed HSM Crypto Auditor": role(
    "2c18b078-7c48-4d3a-af88-5a3a1b3f82b3",
    "reads keys and roles",
    [readKeys, `${vaults}/keyrotationpolicies/read`, assignmentsRead, definitionsRead],
  ),
  "Managed HSM Crypto Service Encryption User": role(
    "33413926-3206-4cdd-b39a-83574fe37a17",
    "reads keys, wraps and unwraps with them",
    [readKeys, ...wrapping],
  ),
  "Managed HSM Crypto Service Release User": role(
    "21dbd100-6940-42c2-9190-5d6cb909625c",
    "releases keys, and data keys that they wrapped",
    keys("release", "secureUnwrap"),
  ),
  "Managed HSM Backup": role(
    "7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8",
    "backs up single keys",
    keys("backup"),
  ),
  "Managed HSM Restore": role(
    "6efe6056-5259-49d2-8b3d-d3d73544b20b",
    "restores single keys",
    keys("restore"),
  ),
} as const;

/** Name of a built-in role. */
export type RoleName = keyof typeof keyVaultRoles | keyof typeof managedHsmRoles;

/** Built-in roles by name. */
export const builtInRoles: Readonly<Record<RoleName, RoleDefinition>> = {
  ...keyVaultRoles,
  ...managedHsmRoles,
};
