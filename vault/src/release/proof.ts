// SPDX-License-Identifier: Apache-2.0
/** Proof of possession: this request was made by the holder of the key that the evidence vouches for. */

import { type ProofPayload, proofPayloadSchema, proofType } from "@strongroom/api";
import {
  equalBytes,
  fromBase64url,
  parseJson,
  requireShallowToken,
  StrongroomError,
  sha256,
  utf8,
} from "@strongroom/core";
import { compactVerify } from "jose";

/** Seconds by which the clocks of node and vault may differ. */
const clockSkewSeconds = 60;

/** What the proof must cover. */
export interface ProvenRequest {
  readonly vaultUid: string;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the bearer token. */
  readonly tokenHash: Uint8Array;
  readonly target: string;
  /** The body as it came, before any parsing. */
  readonly body: Uint8Array;
}

/** Verifies the proof; answers its id to spend. @throws {StrongroomError} `ProofInvalid`. */
export async function verifyProof(
  proof: string | undefined,
  key: CryptoKey,
  request: ProvenRequest,
  at: Date,
): Promise<{ readonly jti: string; readonly spendId: string; readonly expiresAt: Date }> {
  const payload = await verifySignature(proof, key);
  const age = Math.abs(at.getTime() / 1000 - payload.iat);
  if (!covers(payload, request) || age > clockSkewSeconds) {
    throw new StrongroomError(
      "ProofInvalid",
      "the proof of possession is for another request or time",
    );
  }
  const expiresAt = new Date((payload.iat + 2 * clockSkewSeconds) * 1000);
  return { jti: payload.jti, spendId: `pop/${request.vaultUid}/${payload.jti}`, expiresAt };
}

async function verifySignature(proof: string | undefined, key: CryptoKey): Promise<ProofPayload> {
  if (proof === undefined) {
    throw new StrongroomError("ProofInvalid", "a release needs a proof of possession");
  }
  try {
    const options = { algorithms: ["ES256"] };
    requireShallowToken(proof);
    const verified = await compactVerify(proof, key, options);
    if (verified.protectedHeader.typ !== proofType) {
      throw new Error("wrong typ");
    }
    return proofPayloadSchema.parse(parseJson(new TextDecoder().decode(verified.payload)));
  } catch (cause) {
    throw new StrongroomError("ProofInvalid", "the proof of possession does not verify", { cause });
  }
}

function covers(payload: ProofPayload, request: ProvenRequest): boolean {
  return (
    payload.vault === request.vaultUid &&
    payload.htm === request.method &&
    payload.htu === request.path &&
    equalBytes(fromBase64url(payload.ath), request.tokenHash) &&
    equalBytes(fromBase64url(payload.tth), sha256(utf8(request.target))) &&
    equalBytes(fromBase64url(payload.bh), sha256(request.body))
  );
}
