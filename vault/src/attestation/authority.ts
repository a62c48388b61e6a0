// SPDX-License-Identifier: Apache-2.0
/** The attestation authority: challenges, enrols and attests nodes, and issues their tokens. */

import { randomBytes } from "node:crypto";
import {
  type ActivationRequest,
  type ActivationResponse,
  type ChallengeResponse,
  type EnrolmentChallenge,
  type EnrolmentRequest,
  type RuntimeData,
  runtimeDataSchema,
  type TpmEvidence,
} from "@strongroom/api";
import {
  assessAttestationKey,
  type EkTrust,
  makeCredential,
  parsePemCertificates,
  type Refused,
  type TpmQuoteClaims,
  type Verdict,
  verifyEkCertificate,
  verifyTpmQuote,
} from "@strongroom/attestation";
import {
  equalBytes,
  fromBase64url,
  fromHex,
  fromUtf8,
  type Log,
  sha256,
  toBase64url,
  toHex,
} from "@strongroom/core";
import { decide } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type EnrolledDevice, enrol, enrolledDevice } from "./enrolment-records.ts";
import { openState, sealState } from "./enrolment-state.ts";
import { checkNonce, makeNonce, nonceLifetime } from "./nonce.ts";
import { type Authority, issueToken } from "./token.ts";

/** Milliseconds in which a credential must be activated. */
const activationLifetime = 5 * 60_000;
/** Bytes of the secret that a credential holds: the digest size of every permitted EK template, at least. */
const activationSecretBytes = 32;

/** What the authority works with. */
export interface AuthorityDeps {
  readonly ledger: Ledger;
  readonly authority: Authority;
  /** Authenticates nonces and enrolment ids. */
  readonly challengeKey: Uint8Array;
  readonly log: Log;
}

/** Steps of a node's attestation; each is audited with its verdict. */
export interface AttestationService {
  challenge(context: RequestContext): ChallengeResponse;
  beginEnrolment(context: RequestContext, request: EnrolmentRequest): Promise<EnrolmentChallenge>;
  activate(context: RequestContext, request: ActivationRequest): Promise<ActivationResponse>;
  attestTpm(context: RequestContext, evidence: TpmEvidence): Promise<string>;
}

/** The service over its dependencies. */
export function createAttestationService(deps: AuthorityDeps): AttestationService {
  const trust = toTrust(deps.authority);
  return {
    challenge: (context) => {
      const node = requireNode(context);
      const nonce = makeNonce(deps.challengeKey, holderOf(context, node), context.at);
      const expires = context.at.getTime() + nonceLifetime;
      return { nonce, expiresAt: Math.floor(expires / 1000) };
    },
    beginEnrolment: (context, request) => beginEnrolment(deps, trust, context, request),
    activate: (context, request) => activate(deps, context, request),
    attestTpm: (context, evidence) => attestTpm(deps, context, evidence),
  };
}

async function beginEnrolment(
  deps: AuthorityDeps,
  trust: EkTrust,
  context: RequestContext,
  request: EnrolmentRequest,
): Promise<EnrolmentChallenge> {
  const node = requireNode(context);
  return await decide(deps.ledger, {
    context,
    operationName: "NodeEnrolmentBegin",
    work: async () => {
      const chain = request.ekCertificates.map(
        (text) => new Uint8Array(Buffer.from(text, "base64")),
      );
      const endorsement = accept(verifyEkCertificate(chain, trust, context.at));
      const key = accept(assessAttestationKey(fromBase64url(request.akPublic)));
      const secret = new Uint8Array(randomBytes(activationSecretBytes));
      const credential = makeCredential({ ekPublic: endorsement.ek, akName: key.name, secret });
      const state = {
        v: 1 as const,
        device: endorsement.device,
        akName: toHex(key.name),
        root: endorsement.root,
        nodeName: node.nodeName,
        nodeUid: node.nodeUid,
        secretHash: toHex(sha256(secret)),
        expires: context.at.getTime() + activationLifetime,
      };
      return {
        result: {
          id: sealState(deps.challengeKey, state),
          credentialBlob: toBase64url(credential.credentialBlob),
          encryptedSecret: toBase64url(credential.encryptedSecret),
        },
        properties: { device: endorsement.device, root: endorsement.root },
      };
    },
  });
}

async function activate(
  deps: AuthorityDeps,
  context: RequestContext,
  request: ActivationRequest,
): Promise<ActivationResponse> {
  const node = requireNode(context);
  return await decide(deps.ledger, {
    context,
    operationName: "NodeEnrol",
    work: async (tx) => {
      const state = openState(deps.challengeKey, request.id, context.at);
      if (state.nodeUid !== node.nodeUid) {
        throw new Refusal("NodeMismatch", "the enrolment was begun by another node");
      }
      if (!equalBytes(sha256(fromBase64url(request.secret)), fromHex(state.secretHash))) {
        throw new Refusal("EnrolmentRefused", "the device did not open the credential");
      }
      await enrol(tx, state, deps.authority.config);
      const { device, nodeName, nodeUid } = state;
      return { result: { device, node: { name: nodeName, uid: nodeUid } }, properties: { device } };
    },
  });
}

async function attestTpm(
  deps: AuthorityDeps,
  context: RequestContext,
  evidence: TpmEvidence,
): Promise<string> {
  const node = requireNode(context);
  const runtimeBytes = fromBase64url(evidence.runtimeData);
  const verified = await decide(deps.ledger, {
    context,
    operationName: "NodeAttest",
    properties: { evidence: toHex(sha256(fromBase64url(evidence.quote))) },
    work: async (tx) => {
      const device = await enrolledDevice(tx, node.nodeUid);
      const claims = accept(verifyEvidence(evidence, runtimeBytes, device, deps.authority));
      const runtime = parseRuntimeData(runtimeBytes);
      const nonce = checkNonce(
        deps.challengeKey,
        runtime.nonce,
        holderOf(context, node),
        context.at,
      );
      if (!(await tx.spend(nonce.spendId, nonce.expiresAt))) {
        throw new Refusal("NonceInvalid", "the nonce was used before");
      }
      const { device: id, root } = device;
      return {
        result: { device, claims, runtime },
        properties: { device: id, root, pcrs: claims.pcrs },
      };
    },
  });
  const { device, claims, runtime } = verified;
  const { name, class: trustClass } = device.root;
  const fields = {
    node: node.nodeName,
    kind: "tpm",
    class: trustClass,
    device: device.device,
    name,
  };
  deps.log.info("node attested", fields);
  return await issueToken(deps.authority, { device, tpm: tpmClaims(claims), runtime }, context.at);
}

function verifyEvidence(
  evidence: TpmEvidence,
  runtimeBytes: Uint8Array,
  device: EnrolledDevice,
  authority: Authority,
): Verdict<TpmQuoteClaims> {
  return verifyTpmQuote(
    {
      akPublic: fromBase64url(evidence.akPublic),
      quote: fromBase64url(evidence.quote),
      signature: fromBase64url(evidence.signature),
      pcrs: evidence.pcrs,
    },
    {
      akName: fromHex(device.akName),
      extraData: sha256(runtimeBytes),
      requiredPcrs: { sha256: authority.config.tpm.pcrs },
    },
  );
}

function tpmClaims(claims: TpmQuoteClaims) {
  return {
    pcrs: claims.pcrs,
    "firmware-version": claims.firmwareVersion,
    "reset-count": claims.resetCount,
    "restart-count": claims.restartCount,
  };
}

function parseRuntimeData(bytes: Uint8Array): RuntimeData {
  try {
    return runtimeDataSchema.parse(JSON.parse(fromUtf8(bytes)));
  } catch {
    throw new Refusal("EvidenceMalformed", "the runtime data is not what a node plugin sends");
  }
}

// The caller is told the class; the reason is for the audit log.
function accept<Claims>(verdict: Verdict<Claims>): Claims {
  if (verdict.kind === "verified") {
    return verdict.claims;
  }
  throw toRefusal(verdict);
}

function toRefusal(refused: Refused): Refusal {
  return new Refusal("EvidenceRefused", `the evidence was refused: ${refused.class}`, {
    class: refused.class,
    reason: refused.reason,
  });
}

function requireNode(context: RequestContext): BoundPod {
  const { caller } = context;
  if (!caller.installationRoles.includes("node") || caller.bound === undefined) {
    throw new Refusal(
      "Forbidden",
      "only a node plugin may do this, with a token bound to its pod and node",
    );
  }
  return caller.bound;
}

function holderOf(context: RequestContext, node: BoundPod) {
  return { subject: context.caller.principal.subject, nodeUid: node.nodeUid };
}

function toTrust({ config }: Authority): EkTrust {
  const { intermediateCertificates } = config.tpm;
  return {
    roots: config.tpm.trustRoots.map((root) => ({
      name: root.name,
      class: root.class,
      certificates: parsePemCertificates(root.certificates),
    })),
    intermediates:
      intermediateCertificates === undefined ? [] : parsePemCertificates(intermediateCertificates),
  };
}
