// SPDX-License-Identifier: Apache-2.0
/** One plain HTTP request to this machine's own link, as clouds' metadata services want it. Nothing it answers is trusted. */

import { type IncomingMessage, request as sendRequest } from "node:http";
import { isIPv4, isIPv6 } from "node:net";
import type { Milliseconds } from "./clock.ts";
import { type ErrorCode, isStrongroomError, StrongroomError } from "./errors.ts";
import { type HttpsBytesResponse, readAnswer } from "./https-exchange.ts";

/** A request. */
export interface LinkLocalRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: Milliseconds;
  /** Bytes that the answer's body may have. */
  readonly maxBytes: number;
  /** Code of the error where there is no usable answer. */
  readonly unavailable: ErrorCode;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and reads the whole answer, of any status.
 *
 * @throws {StrongroomError} `BadParameter` for any other address than a link-local or loopback one in digits, whatever
 *   a name might resolve to; `request.unavailable` where no answer comes.
 */
export async function exchangeLinkLocal(request: LinkLocalRequest): Promise<HttpsBytesResponse> {
  const url = new URL(request.url);
  assertOwnLink(url);
  try {
    return await readAnswer((signal) => send(url, request, signal), request);
  } catch (cause) {
    throw isStrongroomError(cause)
      ? cause
      : new StrongroomError(request.unavailable, `no answer from ${url.host}`, { cause });
  }
}

function assertOwnLink({ protocol, hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, "");
  const isOwn =
    (isIPv4(host) && (host.startsWith("169.254.") || host.startsWith("127."))) ||
    (isIPv6(host) && host === "::1");
  if (protocol !== "http:" || !isOwn) {
    throw new StrongroomError("BadParameter", "a metadata service has a link-local address");
  }
}

function send(
  url: URL,
  { method, headers = {}, body }: LinkLocalRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(url, { method, headers, signal });
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
