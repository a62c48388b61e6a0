// SPDX-License-Identifier: Apache-2.0
/** A vault's management routes over real HTTPS, in memory: what the operator's tests talk to. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { ErrorBody } from "@strongroom/api";
import { type ErrorCode, errorTable, isStrongroomError, StrongroomError } from "@strongroom/core";
import { createFakeVaultState, type FakeVaultState } from "./fake-vault-state.ts";
import { type MintedCertificate, mintCertificate } from "./mint-certificate.ts";

/** Bearer token that the fake takes. */
export const fakeVaultToken = "token-of-the-operator";

/** A running fake. */
export interface FakeVault extends AsyncDisposable {
  readonly port: number;
  /** Name in its certificate. */
  readonly serverName: string;
  readonly ca: MintedCertificate;
  readonly state: FakeVaultState;
  /** Every request as `METHOD path`. */
  readonly requests: readonly string[];
  /** Makes every request fail with `code`, or heals it. */
  failWith(code: ErrorCode | undefined, retryAfterSeconds?: number): void;
}

interface Failure {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
}

/** Starts a fake on a free port of the loopback interface. */
export async function startFakeVault(): Promise<FakeVault> {
  const serverName = "strongroom.strongroom-system.svc";
  const ca = await mintCertificate({ subject: "/CN=infrastructure CA", ca: true });
  const names = `DNS:${serverName}`;
  const leaf = await mintCertificate({ subject: `/CN=vault`, issuer: ca, names });
  const state = createFakeVaultState();
  const requests: string[] = [];
  let failure: Failure | undefined;
  const server = createServer(
    { cert: leaf.certificatePem, key: leaf.keyPem },
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      void handle(request, state, () => failure).then(
        (answer) => reply(response, 200, answer),
        (error: unknown) => replyError(response, error, failure?.retryAfterSeconds),
      );
    },
  );
  return {
    port: await listen(server),
    serverName,
    ca,
    state,
    requests,
    failWith: (code, retryAfterSeconds) => {
      failure = code === undefined ? undefined : { code, retryAfterSeconds };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  request: IncomingMessage,
  state: FakeVaultState,
  failure: () => Failure | undefined,
): Promise<object> {
  const body = await readJson(request);
  if (request.headers.authorization !== `Bearer ${fakeVaultToken}`) {
    throw new StrongroomError("TokenInvalid", "the bearer token is not the operator's");
  }
  const { code } = failure() ?? {};
  if (code !== undefined) {
    throw new StrongroomError(code, "as the test asked");
  }
  return state.answer(request.method ?? "", request.url ?? "", body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function replyError(
  response: ServerResponse,
  error: unknown,
  retryAfterSeconds: number | undefined,
): void {
  const { code, message } = isStrongroomError(error)
    ? error
    : new StrongroomError("BadParameter", String(error));
  const { http } = errorTable[code];
  if (retryAfterSeconds !== undefined) {
    response.setHeader("retry-after", retryAfterSeconds);
  }
  const body: ErrorBody = { error: { code: "Unspecified", message, innererror: { code } } };
  reply(response, http, body);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
