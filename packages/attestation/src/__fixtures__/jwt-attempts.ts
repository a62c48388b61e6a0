// SPDX-License-Identifier: Apache-2.0
/** Tokens of another authority, and verdicts about them and about what was changed of them. */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { utf8 } from "@strongroom/core";
import { parseJwks } from "../jwt/jwks.ts";
import type { JwtExpectation, JwtIssuer } from "../jwt/jwt-issuer.ts";
import { verifyJwt } from "../jwt/verify-jwt.ts";

/** The issuer's RSA key. */
export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** The issuer's EC key. */
export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
/** Somebody else's. */
export const forger = generateKeyPairSync("ec", { namedCurve: "P-256" });
/** When tokens are verified. */
export const at = new Date("2026-06-01T00:10:00Z");
/** When they are made, in seconds. */
export const iat = Date.parse("2026-06-01T00:00:00Z") / 1000;

/** A set of these keys. */
export const set = (...keys: readonly object[]) => parseJwks(utf8(JSON.stringify({ keys })));
/** A key as JWK. */
export const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });
/** The issuer. */
export const usual: JwtIssuer = {
  issuer: "https://issuer.test",
  audience: "unbound",
  algorithms: ["ES256", "RS256"],
  keys: set(jwk(rsa.publicKey, "r"), jwk(ec.publicKey, "e")),
  expiry: "required",
  longestAge: 3600,
};
/** A set of the EC key alone. */
export const one = set(jwk(ec.publicKey, "e"));
/** The same without a name. */
export const unnamed = set(ec.publicKey.export({ format: "jwk" }));
/** What a token says. */
export const claims = { iss: "https://issuer.test", iat, nbf: iat, exp: iat + 900, nonce: "n" };

/** What is other than usual. */
export interface Case {
  readonly header?: object;
  readonly claims?: object;
  readonly payload?: string;
  readonly key?: KeyObject;
  readonly issuer?: Partial<JwtIssuer>;
  readonly nonce?: JwtExpectation["nonce"];
  readonly signature?: (signed: Uint8Array) => Uint8Array;
  readonly change?: (token: string) => string;
  readonly at?: Date;
}

/** A part of a token. */
export const part = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64url");

function mint(changes: Case): string {
  const header = { alg: "ES256", kid: "e", typ: "JWT", ...changes.header };
  const payload = changes.payload ?? JSON.stringify({ ...claims, ...changes.claims });
  const signed = `${part(JSON.stringify(header))}.${part(payload)}`;
  const key = changes.key ?? ec.privateKey;
  const make =
    changes.signature ??
    ((bytes: Uint8Array) => sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }));
  return `${signed}.${part(make(utf8(signed)))}`;
}

/** The verdict about a token. */
export function attempt(changes: Case = {}) {
  const token = mint(changes);
  const nonce = changes.nonce ?? { path: ["nonce"], value: "n" };
  const issuer = { ...usual, ...changes.issuer };
  return verifyJwt(changes.change?.(token) ?? token, issuer, { nonce }, changes.at ?? at);
}

/** A header with a forger's key. */
export const attackerJwk = { jwk: forger.publicKey.export({ format: "jwk" }) };
/** The RSA key, taken for a secret. */
export const secret = rsa.publicKey.export({ type: "spki", format: "pem" });
