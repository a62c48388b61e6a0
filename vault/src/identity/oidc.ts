// SPDX-License-Identifier: Apache-2.0
/** Tokens of configured OIDC issuers, checked against their key set, audience and algorithms. RFC 7519, RFC 8725. */

import { readFile } from "node:fs/promises";
import { type Clock, StrongroomError, sha256, utf8 } from "@strongroom/core";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import type { OidcIssuerConfig } from "../config.ts";
import type { Authenticate, Caller } from "./caller.ts";

interface Verifier {
  readonly config: OidcIssuerConfig;
  readonly keys: ReturnType<typeof createLocalJWKSet>;
}

/** Authenticates tokens of the configured issuers; key sets are read once. */
export async function createOidcAuthentication(
  issuers: readonly OidcIssuerConfig[],
  clock: Clock,
): Promise<Authenticate> {
  const verifiers = new Map<string, Verifier>();
  for (const config of issuers) {
    const keySet = JSON.parse(await readFile(config.jwksFile, "utf8")) as JSONWebKeySet;
    verifiers.set(config.issuer, { config, keys: createLocalJWKSet(keySet) });
  }
  return async (token) => {
    const verifier = verifiers.get(issuerOf(token));
    if (verifier === undefined) {
      throw new StrongroomError("TokenInvalid", "no configured issuer made the bearer token");
    }
    return await verify(token, verifier, clock.now());
  };
}

async function verify(token: string, { config, keys }: Verifier, at: Date): Promise<Caller> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: config.algorithms,
      requiredClaims: ["sub", "exp"],
      currentDate: at,
    });
    const subject = payload.sub ?? "";
    if (subject.startsWith("system:serviceaccount:")) {
      throw new Error("a cluster's own token, which only its API server can say to be good");
    }
    return {
      principal: { issuer: config.issuer, subject },
      installationRoles: config.administrators.includes(subject) ? ["operator"] : [],
      tokenHash: sha256(utf8(token)),
    };
  } catch (cause) {
    throw new StrongroomError("TokenInvalid", "the bearer token does not verify", { cause });
  }
}

function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? "";
  } catch {
    return "";
  }
}
