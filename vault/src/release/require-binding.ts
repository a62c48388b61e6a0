// SPDX-License-Identifier: Apache-2.0
/** Is this caller the one that the attestation token is for? Its pod, its node, and proof of the key that the token confirms. */

import { Refusal, type RequestContext } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import { verifyProof } from "./proof.ts";

/** A request for a release as it came, whatever is asked for. */
export interface ReleaseRequestParts {
  readonly context: RequestContext;
  readonly vault: Vault;
  /** `https://HOST` as the caller addressed the vault; object ids begin with it. */
  readonly origin: string;
  readonly path: string;
  /** The attestation token as it came. */
  readonly token: string;
  readonly rawBody: Uint8Array;
  readonly proof: string | undefined;
}

/**
 * Checks the binding and spends the proof.
 *
 * @returns the proof's id, where one was asked for.
 * @throws {Refusal} `NodeMismatch`, `ProofInvalid`, or `ProofReplayed`.
 */
export async function requireBinding(
  tx: Pick<LedgerTransaction, "spend">,
  request: ReleaseRequestParts,
  target: VerifiedTarget,
): Promise<string | undefined> {
  requireHolder(request, target);
  if (target.proofKey === undefined) {
    return undefined;
  }
  const { context, vault, path, token, rawBody } = request;
  const proven = {
    ...{ vaultUid: vault.uid, method: "POST", path },
    ...{ tokenHash: context.caller.tokenHash, target: token, body: rawBody },
  };
  const proof = await verifyProof(request.proof, target.proofKey, proven, context.at);
  if (!(await tx.spend(proof.spendId, proof.expiresAt))) {
    throw new Refusal("ProofReplayed", "the proof of possession was used before");
  }
  return proof.jti;
}

function requireHolder({ context }: ReleaseRequestParts, { binding }: VerifiedTarget): void {
  const { bound } = context.caller;
  switch (binding.kind) {
    case "node":
      if (bound === undefined || bound.nodeUid !== binding.nodeUid) {
        throw new Refusal("NodeMismatch", "the bearer token is not of a pod on the attested node");
      }
      return;
    case "pod":
      if (bound === undefined) {
        throw new Refusal("NodeMismatch", "the bearer token is not of a pod");
      }
      return;
    case "anybody":
      return;
  }
}
