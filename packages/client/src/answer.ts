// SPDX-License-Identifier: Apache-2.0
/** What a vault answered: parsed bodies, and errors by their code. */

import { type ErrorBody, errorBodySchema } from "@strongroom/api";
import {
  type ErrorCode,
  type HttpsResponse,
  isErrorCode,
  parseJsonIfAny,
  StrongroomError,
} from "@strongroom/core";
import type { z } from "zod";
import { rememberRetryAfter } from "./retry-after.ts";

/** Characters of the vault's message that are passed on. */
const maxMessageLength = 512;

/** Parses a JSON body. @throws {StrongroomError} `ResponseUntrusted` if it is not what the route answers. */
export function parseBody<T>(schema: z.ZodType<T>, body: string): T {
  const parsed = schema.safeParse(parseJsonIfAny(body));
  if (!parsed.success) {
    throw new StrongroomError("ResponseUntrusted", "the vault's answer has an unknown form", {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** The error that an answer of status 400 or more stands for. */
export function toVaultError(response: HttpsResponse, serverName: string): StrongroomError {
  const parsed = errorBodySchema.safeParse(parseJsonIfAny(response.body));
  const error = parsed.success
    ? new StrongroomError(codeOf(parsed.data, response.status), messageOf(parsed.data))
    : new StrongroomError(
        codeOfStatus(response.status),
        `${serverName} answered ${response.status}`,
      );
  rememberRetryAfter(error, response.headers["retry-after"]);
  return error;
}

// Key Vault's own codes are few; the inner code is the precise one.
function codeOf({ error }: ErrorBody, status: number): ErrorCode {
  const known = [error.innererror?.code, error.code].find(
    (code) => code !== undefined && isErrorCode(code),
  );
  return known !== undefined && isErrorCode(known) ? known : codeOfStatus(status);
}

function messageOf({ error }: ErrorBody): string {
  return error.message.slice(0, maxMessageLength);
}

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: "BadParameter",
  401: "TokenInvalid",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  421: "Misdirected",
  429: "TooManyRequests",
};

function codeOfStatus(status: number): ErrorCode {
  return codeByStatus[status] ?? (status >= 500 ? "VaultUnavailable" : "BadParameter");
}
