// SPDX-License-Identifier: Apache-2.0
/** Tokens as an attacker makes them: every part any JSON, signed by any key or by none. */

import { createHmac } from "node:crypto";
import { type CompactJWSHeaderParameters, CompactSign } from "jose";
import { payloadOf } from "../fixtures/releasing-vault.ts";

/** Base64url of JSON. */
export const encodeJson = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");

/** The header of a token. */
export function headerOf(token: string): Partial<CompactJWSHeaderParameters> {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
}

/** The token with other claims under the old signature. */
export function withClaims(token: string, change: object): string {
  const [header, , signature] = token.split(".");
  return [header, encodeJson({ ...payloadOf(token), ...change }), signature].join(".");
}

/** The token with another header under the old signature. */
export function withHeader(token: string, change: object): string {
  const [, payload, signature] = token.split(".");
  return [encodeJson({ ...headerOf(token), ...change }), payload, signature].join(".");
}

/** The token's claims under `alg: none`. RFC 7519, section 6. */
export function unsigned(token: string): string {
  return `${encodeJson({ ...headerOf(token), alg: "none" })}.${token.split(".")[1]}.`;
}

/** The token's claims under a MAC whose key is a text that everybody has. CVE-2015-9235. */
export function macked(token: string, key: string): string {
  const input = `${encodeJson({ ...headerOf(token), alg: "HS256" })}.${token.split(".")[1]}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

/** The token's claims signed by a key of the attacker's choice. */
export async function signedBy(
  token: string,
  key: CryptoKey,
  change: { readonly header?: Partial<CompactJWSHeaderParameters>; readonly claims?: object } = {},
): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ ...payloadOf(token), ...change.claims }));
  const header = { ...headerOf(token), alg: "ES256", ...change.header };
  const crit = Object.fromEntries((header.crit ?? []).map((name) => [name, true]));
  return await new CompactSign(payload).setProtectedHeader(header).sign(key, { crit });
}
