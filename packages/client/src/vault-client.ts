// SPDX-License-Identifier: Apache-2.0
/** Typed client of the vault: our routes on the installation's host and on each vault's host. */

import {
  type ActivationRequest,
  type ActivationResponse,
  type AttestResponse,
  activationResponseSchema,
  attestApiVersion,
  attestEnvelopeSchema,
  attestResponseSchema,
  type ChallengeResponse,
  challengeResponseSchema,
  type EnrolledNode,
  type EnrolledNodes,
  type EnrolmentChallenge,
  type EnrolmentRequest,
  type ExplainRequest,
  type ExplainResponse,
  enrolledNodeSchema,
  enrolledNodesSchema,
  enrolmentChallengeSchema,
  explainResponseSchema,
  proofHeaderName,
  type ReleaseResponse,
  releaseResponseSchema,
  routes,
  type TeeAttestation,
  type TpmEvidence,
  teeAttestationRoute,
  type VaultIdentity,
  vaultIdentitySchema,
} from "@strongroom/api";
import { fromBase64url, fromUtf8, toBase64url, utf8 } from "@strongroom/core";
import { parseBody } from "./answer.ts";
import { type AuditClient, createAuditClient } from "./audit-client.ts";
import { type BackupClient, createBackupClient } from "./backup-client.ts";
import { type CharterClient, createCharterClient } from "./charter-client.ts";
import { createDomainClient, type DomainClient } from "./domain-client.ts";
import { createManageClient, type ManageClient } from "./manage-client.ts";
import { createReceiptClient, type ReceiptClient } from "./receipt-client.ts";
import { createVaultTransport, type VaultClientOptions } from "./vault-transport.ts";

/** A release as it is sent: the proof covers these very bytes, so they are made by who made the proof. */
export interface ReleaseCall {
  /** The pod's own ServiceAccount token. */
  readonly token: string;
  /** Proof of possession, a compact JWS. */
  readonly proof: string;
  /** JSON of a ReleaseRequest. */
  readonly body: string;
}

/**
 * The vault's own routes. Every call throws a StrongroomError: what the vault answered by its code,
 * `VaultUnavailable` without an answer, `ResponseUntrusted` for an answer that is none of ours.
 */
export interface VaultClient extends Disposable {
  /** A nonce for the next attestation; installation host. */
  challenge(): Promise<ChallengeResponse>;
  /** Exchanges evidence for an attestation token; installation host. */
  attestTpm(evidence: TpmEvidence): Promise<AttestResponse>;
  /** The same for evidence of a TEE. */
  attestTee(attestation: TeeAttestation): Promise<AttestResponse>;
  /** Asks for a credential that only the TPM of these certificates can open; installation host. */
  enrol(request: EnrolmentRequest): Promise<EnrolmentChallenge>;
  /** Proves that it was opened; installation host. */
  activate(request: ActivationRequest): Promise<ActivationResponse>;
  /** Every enrolled node; installation host, administrators only. */
  enrolledNodes(): Promise<EnrolledNodes>;
  /** Frees a node and its device; installation host, administrators only. @throws {StrongroomError} `NotFound` */
  forgetNode(uid: string): Promise<EnrolledNode>;
  /** Who the vault at this host is; a vault's host. `token` stands in for the client's own. */
  vaultIdentity(token?: string): Promise<VaultIdentity>;
  /** Asks for objects; a vault's host. The answer is to be trusted only after `verifyRelease`. */
  release(call: ReleaseCall): Promise<ReleaseResponse>;
  /** What would be released to a pod on a node, and why not; a vault's host, for who reads the objects' metadata. */
  explain(request: ExplainRequest): Promise<ExplainResponse>;
  /** Management; installation host, operator only. */
  readonly manage: ManageClient;
  /** What a security officer may do. */
  readonly domain: DomainClient;
  /** What an auditor may read. */
  readonly audit: AuditClient;
  /** Receipts of earlier releases; a vault's host. */
  readonly receipts: ReceiptClient;
  /** What signers of charters hand in. */
  readonly charter: CharterClient;
  /** Full backups and restores. */
  readonly backup: BackupClient;
}

/** Creates a client of one host. Connections are kept alive and certificates always verified. */
export function createVaultClient(options: VaultClientOptions): VaultClient {
  const transport = createVaultTransport(options);
  const { send, sendJson } = transport;
  return {
    challenge: () => sendJson(challengeResponseSchema, { method: "POST", path: routes.challenge }),
    attestTpm: async (evidence) => {
      const path = `${routes.attestTpm}?api-version=${attestApiVersion}`;
      const data = toBase64url(utf8(JSON.stringify(evidence)));
      const answer = await sendJson(attestEnvelopeSchema, { method: "POST", path, body: { data } });
      return parseBody(attestResponseSchema, fromUtf8(fromBase64url(answer.data)));
    },
    attestTee: ({ kind, body }) => {
      const path = `${teeAttestationRoute[kind]}?api-version=${attestApiVersion}`;
      return sendJson(attestResponseSchema, { method: "POST", path, body });
    },
    enrol: (body) =>
      sendJson(enrolmentChallengeSchema, { method: "POST", path: routes.enrolment, body }),
    activate: (body) =>
      sendJson(activationResponseSchema, { method: "POST", path: routes.activate, body }),
    enrolledNodes: () =>
      sendJson(enrolledNodesSchema, { method: "GET", path: routes.enrolledNodes }),
    forgetNode: (uid) =>
      sendJson(enrolledNodeSchema, { method: "DELETE", path: routes.enrolledNode(uid) }),
    vaultIdentity: (token) =>
      sendJson(vaultIdentitySchema, { method: "GET", path: routes.vaultIdentity, token }),
    release: async ({ token, proof, body }) => {
      const headers = { [proofHeaderName]: proof };
      const answer = await send({
        method: "POST",
        path: routes.release,
        token,
        headers,
        text: body,
      });
      return parseBody(releaseResponseSchema, answer);
    },
    explain: (body) =>
      sendJson(explainResponseSchema, { method: "POST", path: routes.explain, body }),
    manage: createManageClient(transport),
    domain: createDomainClient(transport),
    audit: createAuditClient(transport),
    receipts: createReceiptClient(transport),
    charter: createCharterClient(transport),
    backup: createBackupClient(transport),
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}
