// SPDX-License-Identifier: Apache-2.0
/** The attestation authority: challenges, enrols and attests, and issues tokens. */

import type {
  ActivationRequest,
  ActivationResponse,
  ChallengeResponse,
  EnrolmentChallenge,
  EnrolmentRequest,
} from "@strongroom/api";
import type { RequestContext } from "../audit/event.ts";
import { requireNode } from "./accept-verdict.ts";
import { attest, holderOf } from "./attest.ts";
import type { AuthorityDeps } from "./authority-deps.ts";
import { activate, beginEnrolment } from "./enrol-node.ts";
import type { Evidence } from "./evidence/evidence.ts";
import { makeNonce } from "./nonce.ts";

/** Steps of a node's attestation; each is audited with its verdict. */
export interface AttestationService {
  challenge(context: RequestContext): Promise<ChallengeResponse>;
  beginEnrolment(context: RequestContext, request: EnrolmentRequest): Promise<EnrolmentChallenge>;
  activate(context: RequestContext, request: ActivationRequest): Promise<ActivationResponse>;
  attest(context: RequestContext, evidence: Evidence): Promise<string>;
}

/** The service over its dependencies. */
export function createAttestationService(deps: AuthorityDeps): AttestationService {
  return {
    challenge: async (context) => {
      const node = await requireNode(deps.ledger, context, "NodeChallenge");
      const nonce = makeNonce(deps.challengeKey, holderOf(context, node), context.at);
      const lifetime = deps.rules.current().spec.nonceLifetimeSeconds;
      return { nonce, expiresAt: Math.floor(context.at.getTime() / 1000) + lifetime };
    },
    beginEnrolment: (context, request) => beginEnrolment(deps, context, request),
    activate: (context, request) => activate(deps, context, request),
    attest: (context, evidence) => attest(deps, context, evidence),
  };
}
