// SPDX-License-Identifier: Apache-2.0
/** HTTPS to the API server with the credentials of a KubeConfig: plain calls and open-ended streams. */

import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import {
  exchangeHttps,
  type HttpsOptions,
  type HttpsResponse,
  type Milliseconds,
  StrongroomError,
  sendHttps,
} from "@strongroom/core";

/** Bytes of an answer: a page of 500 resources of our size has about 10 MiB at most. */
const maxResponseBytes = 64 * 1024 * 1024;

/** One call. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: object | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The API server. */
export interface KubeTransport extends Disposable {
  /** An answer of any status. @throws {StrongroomError} `ApiServerUnavailable` without one */
  send(request: KubeRequest): Promise<HttpsResponse>;
  /** The head of an answer whose body does not end soon; rejects with Node's errors. */
  open(request: KubeRequest, signal: AbortSignal): Promise<IncomingMessage>;
}

/** Opens a connection pool to the current cluster of `config`. */
export function createKubeTransport(
  config: KubeConfig,
  timeoutMs: Milliseconds = 30_000,
): KubeTransport {
  const agent = new Agent({ keepAlive: true });
  return {
    send: async (request) =>
      await exchangeHttps({
        options: await toOptions(config, agent, request),
        body: toBody(request),
        timeoutMs,
        maxBytes: maxResponseBytes,
        unavailable: "ApiServerUnavailable",
        signal: request.signal,
      }),
    open: async (request, signal) =>
      await sendHttps(await toOptions(config, agent, request), toBody(request), signal),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function toOptions(
  config: KubeConfig,
  agent: Agent,
  request: KubeRequest,
): Promise<HttpsOptions> {
  const cluster = config.getCurrentCluster();
  if (cluster === null || cluster.skipTLSVerify) {
    throw new StrongroomError("BadParameter", "no cluster with verified TLS is configured");
  }
  const options: HttpsOptions = {};
  // Reads rotated token and CA files again; the agent that it adds has no keep-alive, so ours takes its place.
  await config.applyToHTTPSOptions(options as RequestOptions);
  const url = new URL(cluster.server);
  return {
    ...options,
    agent,
    host: url.hostname,
    port: url.port === "" ? 443 : url.port,
    method: request.method,
    path: url.pathname.replace(/\/$/, "") + request.path + toQuery(request.query),
    headers: {
      ...options.headers,
      accept: "application/json",
      ...(request.body !== undefined && {
        "content-type": request.contentType ?? "application/json",
      }),
    },
  };
}

function toQuery(query: KubeRequest["query"]): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  return entries.length === 0 ? "" : `?${text.toString()}`;
}

function toBody(request: KubeRequest): string | undefined {
  return request.body === undefined ? undefined : JSON.stringify(request.body);
}
