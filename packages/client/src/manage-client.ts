// SPDX-License-Identifier: Apache-2.0
/** Management routes: the operator's part of the client. Every call is idempotent. */

import {
  type DeletedResponse,
  deletedResponseSchema,
  type ManageCall,
  type PutPolicyRequest,
  type PutPolicyResponse,
  type PutSecretRequest,
  type PutSecretResponse,
  type PutVaultRequest,
  type PutVaultResponse,
  putPolicyResponseSchema,
  putSecretResponseSchema,
  putVaultResponseSchema,
  routes,
  type VaultList,
  type VaultStatus,
  vaultListSchema,
  vaultStatusSchema,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** What the operator may tell the vault. */
export interface ManageClient {
  /** Makes the vault or changes its settings. */
  putVault(uid: string, request: PutVaultRequest): Promise<PutVaultResponse>;
  /** Soft-deletes the vault. */
  deleteVault(uid: string, call: ManageCall): Promise<DeletedResponse>;
  /** Every vault that was not purged, with the resource that it belongs to. */
  listVaults(): Promise<VaultList>;
  /** State, policies and operator-made objects of a vault. @throws {StrongroomError} `NotFound` */
  vaultStatus(uid: string): Promise<VaultStatus>;
  /** Pins a policy. @throws {StrongroomError} `BadParameter` if it is malformed, `Forbidden` if it is immutable */
  putPolicy(uid: string, name: string, request: PutPolicyRequest): Promise<PutPolicyResponse>;
  /** Removes a policy; what it governed stays governed and is denied from then on. */
  deletePolicy(uid: string, name: string, call: ManageCall): Promise<DeletedResponse>;
  /** Makes a secret with a generated value once. @throws {StrongroomError} `NameInUse` if it is someone else's */
  putSecret(uid: string, name: string, request: PutSecretRequest): Promise<PutSecretResponse>;
  /** Soft-deletes a secret that this owner made. */
  deleteSecret(uid: string, name: string, call: ManageCall): Promise<DeletedResponse>;
}

/** The management routes over `transport`. */
export function createManageClient({ sendJson }: VaultTransport): ManageClient {
  const put = "PUT" as const;
  const remove = (path: string, body: ManageCall) =>
    sendJson(deletedResponseSchema, { method: "DELETE", path, body });
  return {
    putVault: (uid, body) =>
      sendJson(putVaultResponseSchema, { method: put, path: routes.manageVault(uid), body }),
    deleteVault: (uid, call) => remove(routes.manageVault(uid), call),
    listVaults: () => sendJson(vaultListSchema, { method: "GET", path: routes.manageVaults }),
    vaultStatus: (uid) =>
      sendJson(vaultStatusSchema, { method: "GET", path: routes.manageVault(uid) }),
    putPolicy: (uid, name, body) =>
      sendJson(putPolicyResponseSchema, {
        method: put,
        path: routes.managePolicy(uid, name),
        body,
      }),
    deletePolicy: (uid, name, call) => remove(routes.managePolicy(uid, name), call),
    putSecret: (uid, name, body) =>
      sendJson(putSecretResponseSchema, {
        method: put,
        path: routes.manageSecret(uid, name),
        body,
      }),
    deleteSecret: (uid, name, call) => remove(routes.manageSecret(uid, name), call),
  };
}
