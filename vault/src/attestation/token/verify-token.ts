// SPDX-License-Identifier: Apache-2.0
/** Verifies an attestation token of ours, by the keys that are published. */

import { type Claims, StrongroomError } from "@strongroom/core";
import { jwtVerify } from "jose";
import { type Authority, keyOfToken } from "./token-authority.ts";

/** The claims of a token of ours. @throws {StrongroomError} `TargetExpired`, or `TargetInvalid`. */
export async function verifyToken(authority: Authority, token: string, at: Date): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOfToken(authority, kid, at), {
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
