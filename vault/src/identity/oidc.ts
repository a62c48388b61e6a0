// SPDX-License-Identifier: Apache-2.0
/** Tokens of configured OIDC issuers, checked against their key set, audience and algorithms. RFC 7519, RFC 8725. */

import { readFile } from "node:fs/promises";
import { maxTokenLength } from "@strongroom/api";
import {
  type Clock,
  isStrongroomError,
  parseJson,
  requireShallowToken,
  StrongroomError,
  sha256,
  utf8,
} from "@strongroom/core";
import {
  createLocalJWKSet,
  decodeJwt,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import type { OidcIssuerConfig } from "../config.ts";
import type { Authenticate, Caller, InstallationRole } from "./caller.ts";
import { discoverKeys } from "./discover-keys.ts";
import { parseKeySet } from "./issuer-keys.ts";
import { maxSubjectLength } from "./limits.ts";
import { rememberTokens, type VerifiedToken } from "./remember-tokens.ts";
import { createRemoteKeys, type IssuerKeys } from "./remote-key-set.ts";

interface Verifier {
  readonly config: OidcIssuerConfig;
  readonly keys: IssuerKeys;
}

/**
 * Authenticates tokens of the configured issuers. A key set in a file is read now, others when a token comes.
 *
 * @throws {StrongroomError} `IssuerUnavailable` if a file holds no key set.
 */
export async function createOidcAuthentication(
  issuers: readonly OidcIssuerConfig[],
  clock: Clock,
): Promise<Authenticate> {
  const verifiers = new Map<string, Verifier>();
  for (const config of issuers) {
    verifiers.set(config.issuer, { config, keys: await keysOf(config, clock) });
  }
  const authenticate = rememberTokens(async (token, at) => {
    const verifier = verifiers.get(issuerOf(token));
    if (verifier === undefined) {
      throw new StrongroomError("TokenInvalid", "no configured issuer made the bearer token");
    }
    return await verify(token, verifier, at);
  });
  return (token) => authenticate(token, clock.now());
}

async function keysOf(config: OidcIssuerConfig, clock: Clock): Promise<IssuerKeys> {
  const { issuer, jwksFile, caFile } = config;
  if (jwksFile !== undefined) {
    const keySet = parseKeySet(parseJson(await readFile(jwksFile, "utf8")) as JSONWebKeySet);
    const find = createLocalJWKSet(keySet);
    return { find, inUse: () => find };
  }
  return createRemoteKeys(() => discoverKeys({ issuer, caFile: caFile ?? "" }), clock);
}

async function verify(
  token: string,
  { config, keys }: Verifier,
  at: Date,
): Promise<VerifiedToken<Caller>> {
  // Of the same set from before the key was found until after: one that was just fetched counts from the next time on.
  let verifiedBy: object | undefined;
  const find: JWTVerifyGetKey = async (header, jws) => {
    const before = keys.inUse();
    const key = await keys.find(header, jws);
    verifiedBy = keys.inUse() === before ? before : undefined;
    return key;
  };
  try {
    const { payload } = await jwtVerify(token, find, {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: config.algorithms,
      requiredClaims: ["sub", "exp"],
      currentDate: at,
    });
    const subject = subjectOf(payload);
    const caller: Caller = {
      principal: { issuer: config.issuer, subject },
      installationRoles: rolesOf(config, subject),
      tokenHash: sha256(utf8(token)),
    };
    const isStillGood = () => verifiedBy !== undefined && verifiedBy === keys.inUse();
    return { value: caller, until: (payload.exp ?? 0) * 1000, isStillGood };
  } catch (cause) {
    if (isStrongroomError(cause, "IssuerUnavailable")) {
      throw cause;
    }
    throw new StrongroomError("TokenInvalid", "the bearer token does not verify", { cause });
  }
}

function subjectOf(payload: JWTPayload): string {
  const { sub = "" } = payload;
  // Only its API server can say whether the account and the pod of such a token are still there.
  if (sub.startsWith("system:serviceaccount:") || Object.hasOwn(payload, "kubernetes.io")) {
    throw new Error("a cluster's own token");
  }
  if (sub === "" || sub.length > maxSubjectLength) {
    throw new Error("a subject of no acceptable length");
  }
  return sub;
}

function issuerOf(token: string): string {
  if (token.length > maxTokenLength) {
    return "";
  }
  try {
    requireShallowToken(token);
    return decodeJwt(token).iss ?? "";
  } catch {
    return "";
  }
}

function rolesOf(config: OidcIssuerConfig, subject: string): readonly InstallationRole[] {
  return [
    ...(config.administrators.includes(subject) ? (["operator", "administrator"] as const) : []),
    ...(config.securityOfficers.includes(subject) ? (["securityOfficer"] as const) : []),
    ...(config.auditors.includes(subject) ? (["auditor"] as const) : []),
    ...(config.backupOperators.includes(subject) ? (["backupOperator"] as const) : []),
  ];
}
