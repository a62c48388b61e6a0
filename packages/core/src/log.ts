// SPDX-License-Identifier: Apache-2.0
/** Structured logging: a constant message and fields from a closed list of primitives. */

import winston from "winston";
import { isStrongroomError } from "./errors.ts";

/** Every field name that a log line may have; metrics labels use the same words. */
export type FieldName =
  | "address"
  | "attempt"
  | "class"
  | "code"
  | "component"
  | "correlationId"
  | "count"
  | "device"
  | "digest"
  | "durationMs"
  | "generation"
  | "index"
  | "kind"
  | "log"
  | "name"
  | "namespace"
  | "node"
  | "operation"
  | "path"
  | "pod"
  | "port"
  | "reason"
  | "revision"
  | "signal"
  | "size"
  | "stack"
  | "state"
  | "status"
  | "uid"
  | "vault"
  | "version"
  | "volume";

/** Fields of one line. Objects, buffers and errors do not type-check on purpose. */
export type LogFields = { readonly [K in FieldName]?: string | number | boolean | undefined };

/** Where a program writes what it does. Never a value, a token, or a key. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** An error with its code and stack; its `cause` chain is printed by code and stack only. */
  failure(message: string, error: unknown, fields?: LogFields): void;
}

/** Log levels, most important first. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** A log that writes JSON lines to standard error. */
export function createLog(options: { readonly component: string; readonly level: LogLevel }): Log {
  const logger = winston.createLogger({
    level: options.level,
    defaultMeta: { component: options.component },
    format: winston.format.combine(
      primitivesOnly(),
      winston.format.timestamp(),
      winston.format.json(),
    ),
    transports: [
      new winston.transports.Console({ stderrLevels: ["error", "warn", "info", "debug"] }),
    ],
  });
  return {
    debug: (message, fields) => void logger.debug(message, fields),
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    error: (message, fields) => void logger.error(message, fields),
    failure: (message, error, fields) =>
      void logger.error(message, { ...fields, ...describe(error) }),
  };
}

/** A log that drops everything, for tests and for library defaults. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  failure: () => undefined,
};

// The message of a foreign error may quote what it choked on, so only ours is printed; the stack below its first
// line names places, not values.
function describe(error: unknown): { code: string; reason?: string; stack?: string } {
  if (!(error instanceof Error)) {
    return { code: "Unknown" };
  }
  const frames =
    error.stack?.split("\n").filter((line) => line.trimStart().startsWith("at ")) ?? [];
  const cause = error.cause === undefined ? "" : ` <- ${describe(error.cause).code}`;
  const stack = frames.slice(0, 8).join("\n");
  if (isStrongroomError(error)) {
    return { code: error.code + cause, reason: error.message, stack };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code: code + cause, stack };
}

// Defence in depth behind the types: whatever is not a primitive is dropped before it is printed.
const primitivesOnly = winston.format((info) => {
  for (const key of Object.keys(info)) {
    if (typeof info[key] === "object" || typeof info[key] === "function") {
      delete info[key];
    }
  }
  return info;
});
