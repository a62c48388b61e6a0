// SPDX-License-Identifier: Apache-2.0
/** An OIDC issuer with a server of its own: discovery and key set over HTTPS, keys that change, failures on demand. */

import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** The issuer. */
export interface HttpsIssuer extends AsyncDisposable {
  readonly issuer: string;
  /** Requests for the key set so far. */
  fetches(): number;
  /** What the server answers from now on; `undefined` members are as usual. */
  answerWith(change: IssuerAnswers): void;
  /** Makes the next key and forgets the one before. */
  rotate(): Promise<void>;
  token(claims?: JWTPayload, algorithm?: string): Promise<string>;
}

/** Answers that are not as they should be. */
export interface IssuerAnswers {
  readonly status?: number | undefined;
  readonly discovery?: object | undefined;
  readonly keys?: unknown;
}

/** Starts it on `localhost`, with a certificate for that name. */
export async function startHttpsIssuer(
  leaf: { readonly certificatePem: string; readonly keyPem: string },
  now: () => Date,
): Promise<HttpsIssuer> {
  let fetches = 0;
  let change: IssuerAnswers = {};
  let key = await makeKey();
  const server = createServer({ cert: leaf.certificatePem, key: leaf.keyPem }, (request, reply) => {
    const isKeys = request.url === "/keys";
    fetches += isKeys ? 1 : 0;
    const discovery = change.discovery ?? { issuer: issuer(), jwks_uri: `${issuer()}/keys` };
    const body = isKeys ? (change.keys ?? { keys: [key.jwk] }) : discovery;
    reply.writeHead(change.status ?? 200, { "content-type": "application/json" });
    reply.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const issuer = () => `https://localhost:${port}`;
  return {
    issuer: issuer(),
    fetches: () => fetches,
    answerWith: (answers) => {
      change = answers;
    },
    rotate: async () => {
      key = await makeKey();
    },
    token: (claims = {}) => {
      const seconds = Math.floor(now().getTime() / 1000);
      const usual = { iss: issuer(), aud: "vault", sub: "alice", exp: seconds + 86_400 };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: "ES256", kid: key.jwk.kid ?? "" })
        .sign(key.privateKey);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

let made = 0;

async function makeKey(): Promise<{ readonly privateKey: CryptoKey; readonly jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  made += 1;
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: `key-${made}`, use: "sig" } };
}
