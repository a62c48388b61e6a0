// SPDX-License-Identifier: Apache-2.0
/** One connection to the host: the secret first, then requests leave at once and answers find their callers by id. */

import type { Socket } from "node:net";
import { StrongroomError } from "@strongroom/core";
import { decodeHelloAnswer, decodeResponse, encodeHello, encodeRequest } from "../wire/codec.ts";
import { fromWireFailure } from "../wire/failure.ts";
import { FrameReader } from "../wire/frames.ts";
import { generationTimeoutMs, maxFrameBytes } from "../wire/limits.ts";
import { protocolVersion, type Response, type Verb } from "../wire/messages.ts";
import { Outbox } from "../wire/outbox.ts";
import type { VerbRequests, VerbResults } from "../wire/verb-messages.ts";

interface Pending {
  readonly verb: Verb;
  readonly resolve: (result: VerbResults[Verb]) => void;
  readonly reject: (error: StrongroomError) => void;
  readonly timer: NodeJS.Timeout;
}

/** A connection from its first byte to its end; what closed once stays closed. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #reader = new FrameReader(maxFrameBytes);
  readonly #welcome = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #isWelcome = false;
  #nextId = 1;

  /** @param timeoutMs Longest wait for the welcome, and for each answer but a generated key. */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#timeoutMs = timeoutMs;
    // Whoever waits for the welcome learns why there is none; nobody may be waiting.
    this.#welcome.promise.catch(() => undefined);
    // What went wrong is in the close that follows.
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.once("close", () => this.#end());
  }

  /** Resolves when the connection is closed, for whatever reason. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Shows the start-up secret. @throws {StrongroomError} `HsmUnavailable`, or why the host refuses. */
  async greet(secret: string): Promise<void> {
    const timer = setTimeout(() => void this.#socket.destroy(), this.#timeoutMs);
    this.#outbox.send(encodeHello({ version: protocolVersion, secret }));
    try {
      await this.#welcome.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a request; rejects with the host's error, or `HsmUnavailable` if no answer comes in time. */
  async call<V extends Verb>(verb: V, payload: VerbRequests[V]): Promise<VerbResults[V]> {
    if (this.#socket.destroyed) {
      throw lost();
    }
    const id = this.#takeId();
    const result = new Promise<VerbResults[Verb]>((resolve, reject) => {
      const longest = verb === "generateKey" ? generationTimeoutMs : 0;
      const timer = setTimeout(() => this.#expire(id), Math.max(this.#timeoutMs, longest));
      this.#pending.set(id, { verb, resolve, reject, timer });
    });
    this.#outbox.send(encodeRequest({ id, verb, payload }));
    return (await result) as VerbResults[V];
  }

  /** Ends the connection; what is in flight fails. */
  close(): void {
    this.#socket.destroy();
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
        this.#read(frame);
      }
    } catch {
      // Whatever spoke is no host of ours: every caller learns that the connection is lost.
      this.#socket.destroy();
    }
  }

  #read(frame: Uint8Array): void {
    if (this.#isWelcome) {
      this.#settle(decodeResponse(frame));
      return;
    }
    const answer = decodeHelloAnswer(frame);
    if (answer.kind === "failure") {
      this.#welcome.reject(fromWireFailure(answer));
      this.#socket.destroy();
    } else {
      this.#isWelcome = true;
      this.#welcome.resolve();
    }
  }

  #settle(response: Response): void {
    const pending = this.#pending.get(response.id);
    if (pending === undefined) {
      return;
    }
    this.#pending.delete(response.id);
    clearTimeout(pending.timer);
    if (response.kind === "failure") {
      pending.reject(fromWireFailure(response.failure));
    } else if (response.verb === pending.verb) {
      pending.resolve(response.result);
    } else {
      pending.reject(unavailable("the HSM host answered another verb"));
    }
  }

  #expire(id: number): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(unavailable("the HSM host did not answer in time"));
  }

  #end(): void {
    this.#welcome.reject(lost());
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(lost());
    }
    this.#pending.clear();
    this.#closed.resolve();
  }
}

function lost(): StrongroomError {
  return unavailable("the connection to the HSM host was lost");
}

function unavailable(message: string): StrongroomError {
  return new StrongroomError("HsmUnavailable", message);
}
