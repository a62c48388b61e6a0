// SPDX-License-Identifier: Apache-2.0
/** A program's log: JSON lines on standard error, of messages, codes and primitives alone. */

import winston from "winston";
import { isStrongroomError } from "./errors.ts";
import type { Log, LogLevel } from "./log.ts";

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
