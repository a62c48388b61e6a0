// SPDX-License-Identifier: Apache-2.0
/** HTTPS to a vault: dials one address, speaks to another name, and turns error bodies back into errors. */

import { Agent } from "node:https";
import { exchangeHttps, type HttpsResponse, type Milliseconds } from "@strongroom/core";
import type { z } from "zod";
import { parseBody, toVaultError } from "./answer.ts";

/** Bytes of an answer: a release of 128 of the largest values is 6 MiB. */
const maxResponseBytes = 8 * 1024 * 1024;

/** Where the vault is and who we are. */
export interface VaultClientOptions {
  /** Address to connect to: the installation's Service, whatever the vault is called. */
  readonly dial: { readonly host: string; readonly port: number };
  /** Name in SNI, in the Host header, and in the certificate. */
  readonly serverName: string;
  /** PEM of the infrastructure CA, asked for at each call because it rotates. */
  readonly ca: () => string;
  /** Our own bearer token, asked for at each call. */
  readonly token: () => Promise<string>;
  /** Limit of one call; default 10000. */
  readonly timeoutMs?: Milliseconds | undefined;
}

/** One request. Exactly one of `body` (JSON) and `text` (sent as it is), or neither. */
export interface VaultRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: object | undefined;
  readonly text?: string | undefined;
  /** Bearer token instead of the client's own. */
  readonly token?: string | undefined;
}

/** Sends requests to one host. */
export interface VaultTransport extends Disposable {
  /** The body of a successful answer. */
  send(request: VaultRequest): Promise<string>;
  /** The same, parsed. */
  sendJson<T>(schema: z.ZodType<T>, request: VaultRequest): Promise<T>;
}

/** Opens a connection pool to one host. */
export function createVaultTransport(options: VaultClientOptions): VaultTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const send = async (request: VaultRequest) =>
    toBody(await exchange(options, agent, request), options.serverName);
  return {
    send,
    sendJson: async (schema, request) => parseBody(schema, await send(request)),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function exchange(
  options: VaultClientOptions,
  agent: Agent,
  request: VaultRequest,
): Promise<HttpsResponse> {
  const body = request.body === undefined ? request.text : JSON.stringify(request.body);
  const token = request.token ?? (await options.token());
  return await exchangeHttps({
    options: {
      agent,
      ca: options.ca(),
      host: options.dial.host,
      port: options.dial.port,
      servername: options.serverName,
      method: request.method,
      path: request.path,
      headers: {
        accept: "application/json",
        host: options.serverName,
        authorization: `Bearer ${token.trim()}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...request.headers,
      },
    },
    body,
    timeoutMs: options.timeoutMs ?? 10_000,
    maxBytes: maxResponseBytes,
    unavailable: "VaultUnavailable",
  });
}

function toBody(response: HttpsResponse, serverName: string): string {
  if (response.status >= 200 && response.status < 300) {
    return response.body;
  }
  throw toVaultError(response, serverName);
}
