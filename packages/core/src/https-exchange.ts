// SPDX-License-Identifier: Apache-2.0
/** One HTTPS request and its bounded answer: what every client of ours stands on. Certificates are always verified. */

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { type RequestOptions, request as sendRequest } from "node:https";
import type { Milliseconds } from "./clock.ts";
import { type ErrorCode, StrongroomError } from "./errors.ts";

/** Node's options, with headers by name. */
export type HttpsOptions = Omit<RequestOptions, "headers"> & {
  readonly headers?: OutgoingHttpHeaders | undefined;
};

/** A request. `options` are Node's own: agent, host, port, server name, CA. */
export interface HttpsRequest {
  readonly options: HttpsOptions;
  readonly body?: string | Uint8Array | undefined;
  /** How long the whole exchange may take. */
  readonly timeoutMs: Milliseconds;
  /** Bytes that the answer's body may have. */
  readonly maxBytes: number;
  /** Code of the error where there is no usable answer. */
  readonly unavailable: ErrorCode;
  readonly signal?: AbortSignal | undefined;
}

/** An answer of any status. */
export interface HttpsResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The same, whose body is no text. */
export interface HttpsBytesResponse extends Omit<HttpsResponse, "body"> {
  readonly body: Uint8Array;
}

/** Sends a request and reads the whole answer. @throws {StrongroomError} `request.unavailable` where none comes. */
export async function exchangeHttps(request: HttpsRequest): Promise<HttpsResponse> {
  const { body, ...head } = await exchangeHttpsBytes(request);
  return { ...head, body: Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8") };
}

/** As {@link exchangeHttps}, for answers that are no text. */
export async function exchangeHttpsBytes(request: HttpsRequest): Promise<HttpsBytesResponse> {
  try {
    const send = (signal: AbortSignal) => sendHttps(request.options, request.body, signal);
    return await readAnswer(send, request);
  } catch (cause) {
    throw new StrongroomError(request.unavailable, describeFailure(request.options), { cause });
  }
}

/** Sends a request and reads the whole answer, within the bounds of the exchange. Rejects with Node's errors. */
export async function readAnswer(
  send: (signal: AbortSignal) => Promise<IncomingMessage>,
  bounds: Pick<HttpsRequest, "timeoutMs" | "maxBytes" | "signal">,
): Promise<HttpsBytesResponse> {
  const timeout = AbortSignal.timeout(bounds.timeoutMs);
  const { signal = timeout } = bounds;
  const response = await send(AbortSignal.any([timeout, signal]));
  const body = await readBoundedBody(response, bounds.maxBytes);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** Sends a request and resolves with the answer's head; the body is the caller's to read. Rejects with Node's errors. */
export function sendHttps(
  options: HttpsOptions,
  body: string | Uint8Array | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, ...lengthOf(body) };
    const outgoing = sendRequest({ ...options, headers, rejectUnauthorized: true, signal });
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

// Node frames the body of a DELETE only if its length is given; without, it would be read as the next request.
function lengthOf(body: string | Uint8Array | undefined): { "content-length"?: number } {
  return body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
}

/** The body of an answer. @throws {RangeError} if it has more than `maxBytes`. */
export async function readBoundedBody(
  response: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) {
      response.destroy();
      throw new RangeError("answer is larger than allowed");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function describeFailure(options: HttpsOptions): string {
  return `no answer from ${options.servername ?? options.host ?? "the server"}`;
}
