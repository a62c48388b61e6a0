// SPDX-License-Identifier: Apache-2.0
/** Structured logging: a constant message and fields from a closed list of primitives. */

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

/** A log that drops everything, for tests and for library defaults. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  failure: () => undefined,
};
