// SPDX-License-Identifier: Apache-2.0
/** One client's connection: the secret first, then requests in any number, answered as they are done. */

import type { Socket } from "node:net";
import { equalBytes, isStrongroomError, type Log, StrongroomError, utf8 } from "@strongroom/core";
import { decodeHello, decodeRequest, encodeHelloAnswer, encodeResponse } from "../wire/codec.ts";
import { toWireFailure } from "../wire/failure.ts";
import { encodeFrame, FrameReader } from "../wire/frames.ts";
import { sendBytesAnswer } from "../wire/hot-codec.ts";
import { helloTimeoutMs, maxFrameBytes, maxHelloBytes, maxUnsentBytes } from "../wire/limits.ts";
import { protocolVersion, type Request, type Response, type Verb } from "../wire/messages.ts";
import { Outbox } from "../wire/outbox.ts";
import type { VerbRequests, VerbResults, WireStatus } from "../wire/verb-messages.ts";
import type { VerbHandlers } from "./handlers.ts";
import type { RequestQueue } from "./request-queue.ts";

/** What a connection needs. */
export interface HostConnectionDeps {
  readonly handlers: VerbHandlers;
  readonly queue: RequestQueue;
  readonly secret: string;
  /** The status to welcome with, where the token is open. */
  readonly status: () => WireStatus | undefined;
  readonly log: Log;
}

/** Serves `socket` until it ends, breaks the protocol, or does not show the secret. */
export function serveConnection(socket: Socket, deps: HostConnectionDeps): void {
  const reader = new FrameReader(maxHelloBytes);
  const outbox = new Outbox(socket, deps.queue.atTurnsEnd);
  const send = (response: Response): void => {
    if (!sendBytesAnswer(outbox, response)) {
      outbox.send(encodeResponse(response));
    }
    // A client that does not read its answers is not read from either.
    if (socket.writableLength > maxUnsentBytes) {
      socket.pause();
    }
  };
  let welcomed = false;
  socket.setTimeout(helloTimeoutMs, () => void socket.destroy());
  socket.on("error", () => void socket.destroy());
  socket.on("drain", () => void socket.resume());
  socket.on("data", (chunk: Buffer) => {
    try {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (welcomed) {
          answer(send, deps, decodeRequest(frame));
        } else {
          welcome(socket, deps, frame);
          welcomed = true;
          reader.limit = maxFrameBytes;
        }
      }
    } catch (error) {
      refuse(socket, deps.log, error, welcomed);
    }
  });
}

function welcome(socket: Socket, deps: HostConnectionDeps, frame: Uint8Array): void {
  const hello = decodeHello(frame);
  if (hello.version !== protocolVersion) {
    throw new StrongroomError("BadParameter", "the HSM host speaks another version");
  }
  if (!equalBytes(utf8(hello.secret), utf8(deps.secret))) {
    throw new StrongroomError("Forbidden", "the start-up secret is wrong");
  }
  socket.setTimeout(0);
  const status = deps.status();
  const known = status === undefined ? {} : { status };
  const welcomeAnswer = { kind: "welcome", version: protocolVersion, ...known } as const;
  socket.write(encodeFrame(encodeHelloAnswer(welcomeAnswer)));
}

// What follows a broken frame cannot be trusted to be a frame, so the connection ends with it.
function refuse(socket: Socket, log: Log, error: unknown, welcomed: boolean): void {
  const failure = toWireFailure(error);
  log.warn("connection refused", {
    code: isStrongroomError(error) ? error.code : "Internal",
    reason: failure.message,
  });
  socket.removeAllListeners("data");
  if (welcomed) {
    socket.destroy();
  } else {
    socket.end(encodeFrame(encodeHelloAnswer({ kind: "failure", ...failure })));
    socket.resume();
  }
}

function answer(
  send: (response: Response) => void,
  deps: HostConnectionDeps,
  request: Request,
): void {
  const { id, verb } = request;
  const succeed = (result: VerbResults[Verb]): void => {
    send({ kind: "result", id, verb, result });
    // The encoder has copied it; a signature is no secret.
    if (verb !== "sign") {
      wipe(result);
    }
  };
  const fail = (error: unknown): void => {
    if (!isStrongroomError(error)) {
      deps.log.failure("request failed", error, { operation: verb });
    }
    send({ kind: "failure", id, failure: toWireFailure(error) });
  };
  try {
    deps.queue.submit(() => {
      try {
        const result = run(deps.handlers, request);
        if (result instanceof Promise) {
          return result.then(succeed).catch(fail);
        }
        succeed(result);
      } catch (error) {
        fail(error);
      }
      return undefined;
    });
  } catch (error) {
    fail(error);
  }
}

function run(
  handlers: VerbHandlers,
  request: Request,
): VerbResults[Request["verb"]] | Promise<VerbResults[Request["verb"]]> {
  const handler = handlers[request.verb] as (
    payload: VerbRequests[Request["verb"]],
  ) => VerbResults[Request["verb"]];
  return handler(request.payload);
}

function wipe(result: VerbResults[Request["verb"]]): void {
  if ("bytes" in result && typeof result.bytes !== "number") {
    result.bytes.fill(0);
  }
}
