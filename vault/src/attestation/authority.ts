// SPDX-License-Identifier: Apache-2.0
/** The attestation authority: challenges, enrols and attests nodes, and issues their tokens. */

import type {
  ActivationRequest,
  ActivationResponse,
  ChallengeResponse,
  EnrolmentChallenge,
  EnrolmentRequest,
  TpmEvidence,
} from "@strongroom/api";
import type { RequestContext } from "../audit/event.ts";
import { requireNode } from "./accept-verdict.ts";
import { type AuthorityDeps, attestTpm, holderOf } from "./attest-tpm.ts";
import { activate, beginEnrolment, toTrust } from "./enrol-node.ts";
import { makeNonce, nonceLifetime } from "./nonce.ts";

/** Steps of a node's attestation; each is audited with its verdict. */
export interface AttestationService {
  challenge(context: RequestContext): Promise<ChallengeResponse>;
  beginEnrolment(context: RequestContext, request: EnrolmentRequest): Promise<EnrolmentChallenge>;
  activate(context: RequestContext, request: ActivationRequest): Promise<ActivationResponse>;
  attestTpm(context: RequestContext, evidence: TpmEvidence): Promise<string>;
}

/** The service over its dependencies. */
export function createAttestationService(deps: AuthorityDeps): AttestationService {
  const trust = toTrust(deps.authority);
  return {
    challenge: async (context) => {
      const node = await requireNode(deps.ledger, context, "NodeChallenge");
      const nonce = makeNonce(deps.challengeKey, holderOf(context, node), context.at);
      const expires = context.at.getTime() + nonceLifetime;
      return { nonce, expiresAt: Math.floor(expires / 1000) };
    },
    beginEnrolment: (context, request) => beginEnrolment(deps, trust, context, request),
    activate: (context, request) => activate(deps, context, request),
    attestTpm: (context, evidence) => attestTpm(deps, context, evidence),
  };
}
