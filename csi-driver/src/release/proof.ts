// SPDX-License-Identifier: Apache-2.0
/** Proof of possession of an attested key for one release request: JWS ES256, typ `strongroom-pop+jwt`. */

import { type ProofPayload, proofType, routes } from "@strongroom/api";
import { sha256, toBase64url, utf8 } from "@strongroom/core";
import { CompactSign } from "jose";
import type { ReleaseKey } from "../attestation/release-keys.ts";

/** What a proof ties together. */
export interface ProofClaims {
  readonly vaultUid: string;
  readonly podToken: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly jti: string;
  readonly at: Date;
}

/** Signs a proof with the attested `verify` key. Only hashes of tokens are in it. */
export async function signProof(key: ReleaseKey, claims: ProofClaims): Promise<string> {
  const payload: ProofPayload = {
    vault: claims.vaultUid,
    htm: "POST",
    htu: routes.release,
    ath: hash(utf8(claims.podToken)),
    tth: hash(utf8(claims.target)),
    bh: hash(claims.body),
    jti: claims.jti,
    iat: Math.floor(claims.at.getTime() / 1000),
  };
  return await new CompactSign(utf8(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: proofType, kid: key.kid })
    .sign(key.privateKey);
}

function hash(bytes: Uint8Array): string {
  return toBase64url(sha256(bytes));
}
