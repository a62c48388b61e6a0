// SPDX-License-Identifier: Apache-2.0
/** One request for an endorsement: in turn, bounded in time and size, no redirect followed. */

import {
  type Clock,
  exchangeHttpsBytes,
  exchangeLinkLocal,
  type HttpsBytesResponse,
  StrongroomError,
  utf8,
} from "@strongroom/core";
import type { EndorsementRequest } from "./endorsement-request.ts";
import { type HostGate, parseRetryAfter } from "./host-gate.ts";
import * as limits from "./limits.ts";

/** What a request needs. */
export interface FetchDeps {
  readonly clock: Clock;
  readonly gate: HostGate;
}

/**
 * Sends the request and resolves with the answer's parts: the body, and the issuers' certificates where a header has them.
 *
 * @throws {StrongroomError} `EndorsementsUnavailable` for every other outcome than a whole answer of status 200.
 */
export async function fetchEndorsement(
  { clock, gate }: FetchDeps,
  request: EndorsementRequest,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const { host } = new URL(request.url);
  await gate.enter(host, request.pace, signal);
  const response = await send(request, signal).catch((error: unknown) => {
    gate.failed(host);
    throw error;
  });
  const { status, headers, body } = response;
  if (status === 429 || status >= 500) {
    gate.failed(host, parseRetryAfter(headers["retry-after"], clock.now()));
    throw unavailable(host, `answers ${status}`);
  }
  gate.succeeded(host);
  if (status !== 200 || body.length === 0) {
    throw unavailable(host, `answers ${status}`);
  }
  const issuers = request.issuerHeader === undefined ? undefined : headers[request.issuerHeader];
  return typeof issuers === "string" ? [body, utf8(issuers)] : [body];
}

function send(request: EndorsementRequest, signal: AbortSignal): Promise<HttpsBytesResponse> {
  const url = new URL(request.url);
  if (request.ca === undefined) {
    return exchangeLinkLocal({
      ...{ url: request.url, method: "GET", headers: request.headers ?? {} },
      ...{ timeoutMs: limits.requestTimeout, maxBytes: limits.answerBytes },
      ...{ unavailable: "EndorsementsUnavailable", signal },
    });
  }
  return exchangeHttpsBytes({
    options: {
      ...{ ca: request.ca, host: url.hostname.replace(/^\[|\]$/g, "") },
      port: url.port === "" ? 443 : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: "GET",
      ...(request.headers === undefined ? {} : { headers: request.headers }),
    },
    timeoutMs: limits.requestTimeout,
    maxBytes: limits.answerBytes,
    unavailable: "EndorsementsUnavailable",
    signal,
  });
}

function unavailable(host: string, what: string): StrongroomError {
  return new StrongroomError("EndorsementsUnavailable", `${host} ${what}`);
}
