// SPDX-License-Identifier: Apache-2.0
/** Management routes: the operator's part of the client. Every call is idempotent. */

import {
  type DeletedResponse,
  deletedResponseSchema,
  type ManageCall,
  type NodeVerdictList,
  nodeVerdictsSchema,
  type ObjectKind,
  type PutAuthorityRequest,
  type PutAuthorityResponse,
  type PutCertificateRequest,
  type PutCertificateResponse,
  type PutKeyRequest,
  type PutObjectResponse,
  type PutPolicyRequest,
  type PutPolicyResponse,
  type PutSealingKeyResponse,
  type PutSecretRequest,
  type PutVaultRequest,
  type PutVaultResponse,
  putAuthorityResponseSchema,
  putCertificateResponseSchema,
  putObjectResponseSchema,
  putPolicyResponseSchema,
  putSealingKeyResponseSchema,
  putVaultResponseSchema,
  routes,
  type VaultList,
  type VaultStatus,
  vaultListSchema,
  vaultStatusSchema,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** An object in a vault. */
export interface ManagedObject {
  /** The vault's. */
  readonly uid: string;
  readonly kind: ObjectKind;
  readonly name: string;
}

const objectPath = {
  secrets: routes.manageSecret,
  keys: routes.manageKey,
  certificates: routes.manageCertificate,
} as const;

/** What the operator may tell the vault. */
export interface ManageClient {
  /** Makes the vault or changes its settings. */
  putVault(uid: string, request: PutVaultRequest): Promise<PutVaultResponse>;
  /** Makes the vault's sealing key, if it has none; answers its public half. */
  putSealingKey(uid: string, call: ManageCall): Promise<PutSealingKeyResponse>;
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
  /** Makes a secret once, and what is said about it. @throws {StrongroomError} `NameInUse` if it is someone else's */
  putSecret(uid: string, name: string, request: PutSecretRequest): Promise<PutObjectResponse>;
  /** Makes a key once, and what is said about it. @throws as `putSecret` */
  putKey(uid: string, name: string, request: PutKeyRequest): Promise<PutObjectResponse>;
  /** Makes a certificate, and a new version where its policy changes. @throws as `putSecret` */
  putCertificate(
    uid: string,
    name: string,
    request: PutCertificateRequest,
  ): Promise<PutCertificateResponse>;
  /** Puts the attestation authority's rules. @throws {StrongroomError} `Forbidden` if the vault's configuration states them */
  putAuthority(request: PutAuthorityRequest): Promise<PutAuthorityResponse>;
  /** Takes them away: no evidence is accepted then. Nothing happens where the configuration states them. */
  deleteAuthority(call: Pick<ManageCall, "epoch">): Promise<DeletedResponse>;
  /** What the authority last decided about each node. */
  nodeVerdicts(): Promise<NodeVerdictList>;
  /** Soft-deletes an object that this owner made. */
  deleteObject(object: ManagedObject, call: ManageCall): Promise<DeletedResponse>;
}

/** The management routes over `transport`. */
export function createManageClient({ sendJson }: VaultTransport): ManageClient {
  const put = "PUT" as const;
  const remove = (path: string, body: ManageCall) =>
    sendJson(deletedResponseSchema, { method: "DELETE", path, body });
  return {
    putVault: (uid, body) =>
      sendJson(putVaultResponseSchema, { method: put, path: routes.manageVault(uid), body }),
    putSealingKey: (uid, body) =>
      sendJson(putSealingKeyResponseSchema, {
        method: put,
        path: routes.manageSealingKey(uid),
        body,
      }),
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
      sendJson(putObjectResponseSchema, {
        method: put,
        path: routes.manageSecret(uid, name),
        body,
      }),
    putKey: (uid, name, body) =>
      sendJson(putObjectResponseSchema, { method: put, path: routes.manageKey(uid, name), body }),
    putCertificate: (uid, name, body) =>
      sendJson(putCertificateResponseSchema, {
        method: put,
        path: routes.manageCertificate(uid, name),
        body,
      }),
    putAuthority: (body) =>
      sendJson(putAuthorityResponseSchema, { method: put, path: routes.manageAttestation, body }),
    deleteAuthority: (body) =>
      sendJson(deletedResponseSchema, { method: "DELETE", path: routes.manageAttestation, body }),
    nodeVerdicts: () => sendJson(nodeVerdictsSchema, { method: "GET", path: routes.manageNodes }),
    deleteObject: ({ uid, kind, name }, call) => remove(objectPath[kind](uid, name), call),
  };
}
