// SPDX-License-Identifier: Apache-2.0
/** Enrolment of a node's TPM by credential activation: two steps, and nothing is stored before the second. */

import { randomBytes } from "node:crypto";
import type {
  ActivationRequest,
  ActivationResponse,
  EnrolmentChallenge,
  EnrolmentRequest,
} from "@strongroom/api";
import { assessAttestationKey, makeCredential, verifyEkCertificate } from "@strongroom/attestation";
import { equalBytes, fromBase64url, fromHex, sha256, toBase64url, toHex } from "@strongroom/core";
import { decide } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import { accept, requireNode, rulesFor } from "./accept-verdict.ts";
import type { AuthorityDeps } from "./authority-deps.ts";
import { raiseConflict } from "./enrolment-conflict.ts";
import { enrol, toReplaced } from "./enrolment-records.ts";
import { openState, sealState } from "./enrolment-state.ts";

/** Milliseconds in which a credential must be activated. */
const activationLifetime = 5 * 60_000;
/** Bytes of the secret that a credential holds: the digest size of every permitted EK template, at least. */
const activationSecretBytes = 32;

/** First step: the endorsement key's certificate is verified, and a credential made that only its TPM can open. */
export async function beginEnrolment(
  deps: AuthorityDeps,
  context: RequestContext,
  request: EnrolmentRequest,
): Promise<EnrolmentChallenge> {
  const node = await requireNode(deps.ledger, context, "NodeEnrolmentBegin");
  return await decide(deps.ledger, {
    context,
    operationName: "NodeEnrolmentBegin",
    work: async () => {
      const rules = rulesFor(deps, "Tpm");
      const chain = request.ekCertificates.map(
        (text) => new Uint8Array(Buffer.from(text, "base64")),
      );
      const endorsement = accept(verifyEkCertificate(chain, rules.ek, context.at));
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

/** Second step: the opened credential proves that both keys are in one TPM; device and node are bound. */
export async function activate(
  deps: AuthorityDeps,
  context: RequestContext,
  request: ActivationRequest,
): Promise<ActivationResponse> {
  const node = await requireNode(deps.ledger, context, "NodeEnrol");
  try {
    return await decideActivation(deps, { context, request, node });
  } catch (error) {
    deps.verdicts.refused(node, "Tpm", error, context.at);
    raiseConflict(deps, node, error, context.at);
    throw error;
  }
}

interface Activation {
  readonly context: RequestContext;
  readonly request: ActivationRequest;
  readonly node: BoundPod;
}

async function decideActivation(
  deps: AuthorityDeps,
  { context, request, node }: Activation,
): Promise<ActivationResponse> {
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
      const bound = await enrol(tx, state, rulesFor(deps, "Tpm").spec);
      const { device, nodeName, nodeUid } = state;
      return {
        result: { device, node: { name: nodeName, uid: nodeUid } },
        properties: { device, ...toReplaced(bound) },
      };
    },
  });
}
