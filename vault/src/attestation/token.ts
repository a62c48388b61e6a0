// SPDX-License-Identifier: Apache-2.0
/** The attestation token: claims in Azure Attestation's names and ours, ES256, minutes long; and its verification. */

import { randomUUID } from "node:crypto";
import type { AttestationAuthoritySpec, RuntimeData } from "@strongroom/api";
import {
  type Claims,
  canonicalJson,
  type JsonValue,
  StrongroomError,
  sha256,
  toBase64url,
  utf8,
} from "@strongroom/core";
import { calculateJwkThumbprint, exportJWK, type JWK, jwtVerify } from "jose";
import { signJws } from "../installation/jws.ts";
import type { SigningKey } from "../installation/signing-key.ts";
import type { EnrolledDevice } from "./enrolment-records.ts";

/** What verified evidence says about a node. */
export interface NodeClaims {
  readonly device: EnrolledDevice;
  readonly tpm: { readonly [name: string]: JsonValue };
  readonly runtime: RuntimeData;
}

/** An attestation authority's identity. */
export interface Authority {
  readonly issuer: string;
  readonly key: SigningKey;
  readonly config: AttestationAuthoritySpec;
}

/** The public signing key as JWK, its thumbprint (RFC 7638) as key id. */
export async function authorityJwk(key: SigningKey): Promise<JWK & { readonly kid: string }> {
  const jwk = await exportJWK(key.publicKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "ES256", use: "sig" };
}

/** Hash of the authority's configuration, formed as Azure Attestation forms its policy hash. */
export function policyHash(config: AttestationAuthoritySpec): string {
  const text = toBase64url(canonicalJson(config as unknown as JsonValue));
  return toBase64url(sha256(utf8(text)));
}

/** Issues the token of an attested node. */
export async function issueToken(
  authority: Authority,
  claims: NodeClaims,
  at: Date,
): Promise<string> {
  const { issuer, key, config } = authority;
  const { kid } = await authorityJwk(key);
  const now = Math.floor(at.getTime() / 1000);
  const { device, tpm, runtime } = claims;
  return await signJws(
    { typ: "JWT", kid },
    {
      iss: issuer,
      iat: now,
      nbf: now,
      exp: now + config.tokenLifetimeSeconds,
      jti: randomUUID(),
      "x-ms-ver": "1.0",
      "x-ms-attestation-type": "tpm",
      "x-ms-policy-hash": policyHash(config),
      "x-ms-runtime": { keys: runtime.keys },
      cnf: { jwk: runtime.keys[2] },
      "x-strongroom-tier": "tpm",
      "x-strongroom-class": device.root.class,
      "x-strongroom-root": device.root.fingerprint,
      "x-strongroom-enrolment": device.enrolment,
      "x-strongroom-fresh": true,
      "x-strongroom-device": device.device,
      "x-strongroom-node-name": device.nodeName,
      "x-strongroom-node-uid": device.nodeUid,
      "x-strongroom-tpm": tpm,
    },
    key.sign,
  );
}

/** The claims of a token of ours. @throws {StrongroomError} `TargetExpired`, or `TargetInvalid`. */
export async function verifyToken(authority: Authority, token: string, at: Date): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, authority.key.publicKey, {
      issuer: authority.issuer,
      algorithms: ["ES256"],
      typ: "JWT",
      requiredClaims: ["exp", "iat", "nbf", "jti"],
      currentDate: at,
    });
    return payload as Claims;
  } catch (cause) {
    const expired = cause instanceof Error && "code" in cause && cause.code === "ERR_JWT_EXPIRED";
    throw expired
      ? new StrongroomError("TargetExpired", "the attestation token has expired", { cause })
      : new StrongroomError("TargetInvalid", "the attestation token is not one of this authority", {
          cause,
        });
  }
}
