// SPDX-License-Identifier: Apache-2.0
/** Tokens of this installation's attestation authority, as far as a release needs their claims by type. */

import { verifyJwkSchema } from "@strongroom/api";
import { type Claims, StrongroomError, sha256, toBase64url, utf8 } from "@strongroom/core";
import { decodeProtectedHeader } from "jose";
import { z } from "zod";
import type { Authority } from "../../attestation/token/token-authority.ts";
import { verifyToken } from "../../attestation/token/verify-token.ts";
import { rememberTokens } from "../../identity/remember-tokens.ts";
import { importProofKey, type VerifiedTarget } from "./verified-target.ts";

const anyEvidenceSchema = z.looseObject({ "x-strongroom-class": z.string() });
const attestedNodeSchema = anyEvidenceSchema.extend({
  "x-strongroom-node-uid": z.string(),
  cnf: z.object({ jwk: verifyJwkSchema }),
});

/**
 * What verifies them; a node presents the same one for each of its pods, so its signature is checked once. It throws
 * `TargetExpired`, or `TargetInvalid`.
 */
export function createOwnTargetVerifier(
  authority: Authority,
): (token: string, at: Date) => Promise<VerifiedTarget> {
  return rememberTokens(async (token, at) => {
    const claims = await verifyToken(authority, token, at);
    const { kid = "" } = decodeProtectedHeader(token);
    const keyAt = (now: Date) => authority.keys.current().find(kid, now);
    const verifiedBy = keyAt(at);
    const digest = toBase64url(sha256(utf8(token)));
    const holder = await holderOf(claims);
    return {
      value: { issuer: authority.issuer, isOwn: true, claims, digest, ...holder },
      until: Number(claims["exp"]) * 1000,
      isStillGood: (now) => verifiedBy !== undefined && keyAt(now) === verifiedBy,
    };
  });
}

async function holderOf(claims: Claims): Promise<Pick<VerifiedTarget, "binding" | "proofKey">> {
  // Evidence without a challenge of ours: it says nothing of a node, and policies must say that this is enough.
  const isUnchallenged =
    claims["x-strongroom-fresh"] === false && !("x-strongroom-node-uid" in claims);
  if (isUnchallenged && anyEvidenceSchema.safeParse(claims).success) {
    return { binding: { kind: "anybody" }, proofKey: undefined };
  }
  const parsed = attestedNodeSchema.safeParse(claims);
  if (!parsed.success) {
    throw new StrongroomError(
      "TargetInvalid",
      "the attestation token lacks a claim that a release needs",
    );
  }
  return {
    binding: { kind: "node", nodeUid: parsed.data["x-strongroom-node-uid"] },
    proofKey: await importProofKey(parsed.data.cnf.jwk),
  };
}
