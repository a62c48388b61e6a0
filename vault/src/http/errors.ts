// SPDX-License-Identifier: Apache-2.0
/** Errors on the wire: Key Vault's body, with our code inside, and nothing of what went wrong behind it. */

import { errorTable, type Log, StrongroomError } from "@strongroom/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { Refusal } from "../audit/event.ts";
import { Throttled } from "./rate-limit.ts";
import { challenge, type RequestDeps } from "./request-context.ts";

/** Key Vault's codes by status; the inner code says more. */
const keyVaultCodes: ReadonlyMap<number, string> = new Map([
  [400, "BadParameter"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [409, "Conflict"],
  [413, "BadParameter"],
  [415, "BadParameter"],
  [421, "Misdirected"],
  [429, "Throttled"],
  [503, "ServiceUnavailable"],
]);

/** Seconds after which a client may try again when the vault is short of something. */
const retryAfterSeconds = 1;

/** Answers any error of a route. */
export function createErrorHandler(deps: RequestDeps, log: Log) {
  return (
    error: FastifyError | StrongroomError | Error,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => {
    const known = toStrongroomError(error);
    const status = statusOf(known, error);
    if (status >= 500) {
      log.failure("request failed", error, { path: request.routeOptions.url, status });
    }
    if (status === 401) {
      challenge(deps, request, reply);
    }
    if (status === 429 || status === 503) {
      const wait = known instanceof Throttled ? known.retryAfterSeconds : retryAfterSeconds;
      reply.header("retry-after", String(wait));
    }
    return reply.status(status).send(errorBody(status, known));
  };
}

/** Key Vault's error body. */
export function errorBody(status: number, error: StrongroomError) {
  const named = error instanceof Refusal ? error.keyVaultCode : undefined;
  const code = named ?? keyVaultCodes.get(status) ?? "InternalServerError";
  return { error: { code, message: error.message, innererror: { code: error.code } } };
}

function statusOf(known: StrongroomError, original: unknown): number {
  // Fastify's own refusals (body too large, wrong media type) know their status.
  if (
    original instanceof Error &&
    "statusCode" in original &&
    typeof original.statusCode === "number"
  ) {
    return original.statusCode;
  }
  return errorTable[known.code].http;
}

function toStrongroomError(error: unknown): StrongroomError {
  if (error instanceof StrongroomError) {
    return error;
  }
  if (error instanceof ZodError) {
    return new StrongroomError("BadParameter", describeIssues(error));
  }
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new StrongroomError("BadParameter", "the request is not acceptable", { cause: error });
  }
  return new StrongroomError("Internal", "internal error", { cause: error });
}

/** Members whose own members a caller names: those names are content, and content is never quoted. */
const namedByCaller: ReadonlySet<PropertyKey> = new Set(["tags"]);

function describeIssues(error: ZodError): string {
  return error.issues.map(describeIssue).join("; ").slice(0, 1024);
}

// Where and which rule, never what was sent.
function describeIssue({ code, path, message }: ZodError["issues"][number]): string {
  const end = path.findIndex((part) => namedByCaller.has(part));
  const place = (end < 0 ? path : path.slice(0, end + 1)).map(String).join(".");
  const rule = code === "unrecognized_keys" ? "has members that are not known here" : message;
  return place === "" ? rule : `${place}: ${rule}`;
}
