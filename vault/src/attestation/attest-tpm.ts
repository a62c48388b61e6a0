// SPDX-License-Identifier: Apache-2.0
/** Attestation of a node by its TPM: quote, enrolled key, nonce; then a token that says what was verified. */

import { type RuntimeData, runtimeDataSchema, type TpmEvidence } from "@strongroom/api";
import { type TpmQuoteClaims, type Verdict, verifyTpmQuote } from "@strongroom/attestation";
import { fromBase64url, fromHex, fromUtf8, type Log, sha256, toHex } from "@strongroom/core";
import { decideWithHead } from "../audit/decide.ts";
import { Refusal, type RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { accept, requireNode } from "./accept-verdict.ts";
import { type EnrolledDevice, enrolledDevice } from "./enrolment-records.ts";
import { checkNonce } from "./nonce.ts";
import { type Authority, issueToken } from "./token.ts";

/** What the authority works with. */
export interface AuthorityDeps {
  readonly ledger: Ledger;
  readonly authority: Authority;
  /** Authenticates nonces and enrolment ids. */
  readonly challengeKey: Uint8Array;
  readonly log: Log;
}

/** Verifies the evidence of the calling node; answers its token. @throws {Refusal} with the class of what is wrong. */
export async function attestTpm(
  deps: AuthorityDeps,
  context: RequestContext,
  evidence: TpmEvidence,
): Promise<string> {
  const node = await requireNode(deps.ledger, context, "NodeAttest");
  const runtimeBytes = fromBase64url(evidence.runtimeData);
  // With a head: a nonce stays used even if somebody cuts off the log's last second.
  const { result: verified } = await decideWithHead(deps.ledger, {
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

/** Whom a nonce is made for. */
export function holderOf(context: RequestContext, node: BoundPod) {
  return { subject: context.caller.principal.subject, nodeUid: node.nodeUid };
}
