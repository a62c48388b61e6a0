// SPDX-License-Identifier: Apache-2.0
/** Tokens of this installation's attestation authority, as far as a release needs their claims by type. */

import { verifyJwkSchema } from "@strongroom/api";
import { type Claims, StrongroomError, sha256, toBase64url, utf8 } from "@strongroom/core";
import { z } from "zod";
import type { Authority } from "../../attestation/token/token-authority.ts";
import { verifyToken } from "../../attestation/token/verify-token.ts";
import type { VerifiedTarget } from "./verified-target.ts";

const anyEvidenceSchema = z.looseObject({ "x-strongroom-class": z.string() });
const attestedNodeSchema = anyEvidenceSchema.extend({
  "x-strongroom-node-uid": z.string(),
  cnf: z.object({ jwk: verifyJwkSchema }),
});

/** Verifies one. @throws {StrongroomError} `TargetExpired`, or `TargetInvalid`. */
export async function verifyOwnTarget(
  authority: Authority,
  token: string,
  at: Date,
): Promise<VerifiedTarget> {
  const claims = await verifyToken(authority, token, at);
  const digest = toBase64url(sha256(utf8(token)));
  return { issuer: authority.issuer, isOwn: true, claims, digest, ...holderOf(claims) };
}

function holderOf(claims: Claims): Pick<VerifiedTarget, "binding" | "proofKey"> {
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
    proofKey: parsed.data.cnf.jwk,
  };
}
