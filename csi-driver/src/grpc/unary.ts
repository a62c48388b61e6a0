// SPDX-License-Identifier: Apache-2.0
/** Turns a function into a gRPC handler: errors by the error table, one log line per failure, never what was sent. */

import { type handleUnaryCall, type ServerErrorResponse, status } from "@grpc/grpc-js";
import { errorTable, isStrongroomError, type Log } from "@strongroom/core";
import type { CallContext } from "../node/publish-deps.ts";

/** Wraps `handle`; `operation` is the method's name in the log. */
export function unary<Request, Response>(
  log: Log,
  operation: string,
  handle: (request: Request, context: CallContext) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const controller = new AbortController();
    call.on("cancelled", () => controller.abort());
    const context = { cancelled: controller.signal, deadline: millisecondsOf(call.getDeadline()) };
    handle(call.request, context).then(
      (response) => callback(null, response),
      (error: unknown) => {
        log.failure("call failed", error, { operation });
        callback(statusOf(error));
      },
    );
  };
}

/** Code and text for the caller. What is not ours may quote anything, so its text stays here. */
export function statusOf(error: unknown): Pick<ServerErrorResponse, "code" | "details"> & Error {
  if (!isStrongroomError(error)) {
    return Object.assign(new Error("internal error"), {
      code: status.INTERNAL,
      details: "internal error",
    });
  }
  const code = status[errorTable[error.code].grpc as keyof typeof status];
  return Object.assign(new Error(error.message), { code, details: error.message });
}

function millisecondsOf(deadline: Date | number): number {
  return typeof deadline === "number" ? deadline : deadline.getTime();
}
