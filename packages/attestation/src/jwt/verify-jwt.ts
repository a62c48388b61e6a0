// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies tokens of external attestation authorities (Azure Attestation, EAR, Confidential Containers): by keys that
 * were configured for the issuer, whatever the token says about its keys. RFC 7519, RFC 8725.
 */

import { fromBase64url, isStrongroomError, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { assertInstant } from "../stated.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { hasJwtSignature, isKeyFor } from "./algorithms.ts";
import type { JwksKey } from "./jwks.ts";
import { assertJwtStated, type JwtExpectation, type JwtIssuer } from "./jwt-issuer.ts";

/** Claims as the issuer made them, without those that only Strongroom may make. */
export interface JwtFacts {
  readonly claims: JsonObject;
  readonly binding: "bound" | "unbound";
}

const limits = { characters: 65_536, skewSeconds: 60 } as const;

const ours = "x-strongroom-";

/**
 * @param at Instant at which the token must be valid, a minute of skew allowed.
 * @throws {StrongroomError} `BadParameter` if an expectation, or a rule about the issuer, is missing.
 */
export function verifyJwt(
  token: string,
  issuer: JwtIssuer,
  expected: JwtExpectation,
  at: Date,
): Verdict<JwtFacts> {
  assertInstant(at);
  assertJwtStated(issuer, expected);
  return decide(() => {
    const parts = parseJwt(token);
    const refused = checkSignature(parts, issuer);
    if (refused !== undefined) {
      return refused;
    }
    const claims = parseStrictJson(parts.payload);
    if (!isJsonObject(claims)) {
      return refuse("malformed", "the token's claims are no object");
    }
    const denied =
      checkParties(claims, issuer) ??
      checkTimes(claims, issuer, at) ??
      checkNonce(claims, expected);
    if (denied !== undefined) {
      return denied;
    }
    const theirs = Object.entries(claims).filter(([name]) => !name.startsWith(ours));
    const binding = expected.nonce === "unbound" ? "unbound" : "bound";
    return { kind: "verified", claims: { claims: Object.fromEntries(theirs), binding } };
  });
}

/** A token's parts; nothing of them is verified. */
export interface JwtParts {
  readonly header: JsonObject;
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Takes a token apart. @throws {StrongroomError} `EvidenceMalformed` if it has not the form of one. */
export function parseJwt(token: string): JwtParts {
  const parts = token.length > limits.characters ? [] : token.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3) {
    throw malformed("not a token of three parts");
  }
  const parsed = parseStrictJson(decodePart(header));
  if (!isJsonObject(parsed) || "crit" in parsed || "b64" in parsed) {
    throw malformed("the token's header is none, or asks for what is not understood");
  }
  return {
    header: parsed,
    payload: decodePart(payload),
    signed: utf8(`${header}.${payload}`),
    signature: decodePart(signature),
  };
}

function decodePart(part: string): Uint8Array {
  try {
    return fromBase64url(part);
  } catch (cause) {
    throw isStrongroomError(cause)
      ? malformed("a part of the token is no base64url", cause)
      : cause;
  }
}

// The token's jku, x5u, x5c and jwk are not read: a key that comes with a token vouches for nothing.
function checkSignature(parts: JwtParts, issuer: JwtIssuer): Refused | undefined {
  const algorithm = issuer.algorithms.find((allowed) => allowed === parts.header["alg"]);
  if (algorithm === undefined) {
    return refuse("policy-denied", "the token's algorithm is not one of its issuer's");
  }
  const keys = keysFor(parts.header["kid"], issuer).filter(
    ({ key, alg }) => (alg === undefined || alg === algorithm) && isKeyFor(key, algorithm),
  );
  if (keys.length === 0) {
    return refuse("endorsements-unavailable", "the issuer's keys do not have the token's");
  }
  const { signed, signature } = parts;
  return keys.some(({ key }) => hasJwtSignature(key, algorithm, signed, signature))
    ? undefined
    : refuse("bad-signature", "the token was not signed by a key of its issuer");
}

/** Keys that were configured without identifiers are meant for every token of their issuer: each may have signed it. */
function keysFor(kid: unknown, { keys }: JwtIssuer): readonly JwksKey[] {
  if (keys.every((one) => one.kid === undefined)) {
    return keys;
  }
  const isOnly = kid === undefined && keys.length === 1;
  return isOnly ? keys : keys.filter((one) => kid !== undefined && one.kid === kid);
}

function checkParties(claims: JsonObject, { issuer, audience }: JwtIssuer): Refused | undefined {
  const { iss, aud } = claims;
  if (issuer !== "unbound" && (iss === undefined || iss !== issuer)) {
    return refuse("untrusted-chain", "the token is of another issuer");
  }
  const isFor =
    aud !== undefined && (Array.isArray(aud) ? aud.includes(audience) : aud === audience);
  return audience === "unbound" || isFor
    ? undefined
    : refuse("binding-mismatch", "the token is for another audience");
}

function checkTimes(claims: JsonObject, issuer: JwtIssuer, at: Date): Refused | undefined {
  const now = at.getTime() / 1000;
  const expires = readTime(claims, "exp");
  const begins = readTime(claims, "nbf") ?? Number.NEGATIVE_INFINITY;
  const issued = readTime(claims, "iat");
  if (expires === undefined && issuer.expiry !== "optional") {
    return refuse("malformed", "the token does not say when it ends");
  }
  if (issued === undefined) {
    return refuse("malformed", "the token does not say when it was issued");
  }
  const start = Math.max(begins, issued) - limits.skewSeconds;
  const aged = issued + issuer.longestAge;
  const end = Math.min(expires ?? aged, aged) + limits.skewSeconds;
  return start <= now && now < end
    ? undefined
    : refuse("expired", "the token is not valid at this time");
}

function readTime(claims: JsonObject, name: "exp" | "nbf" | "iat"): number | undefined {
  const value = claims[name];
  if (value !== undefined && (typeof value !== "number" || !Number.isFinite(value))) {
    throw malformed(`the token's ${name} is no time`);
  }
  return value;
}

function checkNonce(claims: JsonObject, { nonce }: JwtExpectation): Refused | undefined {
  if (nonce === "unbound") {
    return undefined;
  }
  const step = (value: unknown, name: string) =>
    isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return nonce.path.reduce<unknown>(step, claims) === nonce.value
    ? undefined
    : refuse("binding-mismatch", "the token answers another challenge");
}
