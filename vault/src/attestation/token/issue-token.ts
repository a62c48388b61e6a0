// SPDX-License-Identifier: Apache-2.0
/** Issues attestation tokens: claims in Azure Attestation's names and ours, ES256, minutes long. */

import { randomUUID } from "node:crypto";
import type { RuntimeData } from "@strongroom/api";
import { signJws } from "../../installation/jws.ts";
import type { Claims } from "../evidence/evidence.ts";
import type { AttestationRules } from "../rules/attestation-rules.ts";
import { deprecatedNames } from "./deprecated-names.ts";
import type { Authority } from "./token-authority.ts";

/** The node that a token is about. */
export interface AttestedNode {
  readonly name: string;
  readonly uid: string;
  /** When the nonce was made that its evidence answers: the evidence is younger. */
  readonly challengedAt: Date;
  /** Where the TEE has an identity of its own. */
  readonly device?: { readonly id: string; readonly enrolment: string };
}

/** What a token says. */
export interface TokenContent {
  readonly rules: AttestationRules;
  /** What was measured. */
  readonly claims: Claims;
  /** What the requester chose under names of its own; never under those of what is measured. */
  readonly requested: Claims;
  /** With a nonce of ours: who it was for, and the release keys that it was bound to. */
  readonly challenged?: { readonly node: AttestedNode; readonly runtime: RuntimeData };
}

/** Signs a token of these claims. */
export async function issueToken({ keys }: Authority, claims: TokenClaims): Promise<string> {
  const { current } = keys.current();
  return await signJws({ typ: "JWT", kid: current.kid }, claims, current.sign);
}

/** All claims of a token, with those that the authority itself vouches for. */
export interface TokenClaims extends Claims {
  readonly iss: string;
  readonly iat: number;
  readonly exp: number;
}

/** The claims of a new token. */
export function tokenClaims(
  { issuer }: Authority,
  { rules, claims, requested, challenged }: TokenContent,
  at: Date,
): TokenClaims {
  const now = Math.floor(at.getTime() / 1000);
  const said = { ...requested, ...claims, "x-ms-policy-hash": rules.policyHash };
  return {
    ...deprecatedNames(said),
    ...said,
    iss: issuer,
    iat: now,
    nbf: now,
    exp: now + rules.spec.tokenLifetimeSeconds,
    jti: randomUUID(),
    "x-ms-ver": "1.0",
    "x-strongroom-fresh": challenged !== undefined,
    ...(challenged && nodeClaims(challenged)),
  };
}

function nodeClaims({ node, runtime }: NonNullable<TokenContent["challenged"]>) {
  const { device } = node;
  return {
    "x-ms-runtime": { keys: runtime.keys },
    ...(runtime.workload && { "x-strongroom-unmeasured": { workload: runtime.workload } }),
    cnf: { jwk: runtime.keys[2] },
    ...(device && {
      "x-strongroom-device": device.id,
      "x-strongroom-enrolment": device.enrolment,
    }),
    "x-strongroom-challenged-at": Math.floor(node.challengedAt.getTime() / 1000),
    "x-strongroom-node-name": node.name,
    "x-strongroom-node-uid": node.uid,
  };
}
