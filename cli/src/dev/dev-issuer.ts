// SPDX-License-Identifier: Apache-2.0
/** The issuer of a development vault: one key and one token, for as long as the command runs. */

import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";

/** Subject of the one person who works with the vault. */
export const administrator = "administrator";

/** How long the token is good for; the key is forgotten before. */
const lifetime = "12h";

/** Key set and token. */
export interface DevIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keySet: JSONWebKeySet;
  readonly token: string;
}

/** Makes a key, signs one token with it and forgets it. */
export async function makeDevIssuer(at: Date): Promise<DevIssuer> {
  const issuer = "https://issuer.strongroom.localhost";
  const audience = "https://strongroom.localhost";
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: "dev", typ: "JWT" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(administrator)
    .setIssuedAt(at)
    .setExpirationTime(lifetime)
    .sign(privateKey);
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: "dev", alg: "ES256" }] };
  return { issuer, audience, keySet, token };
}
