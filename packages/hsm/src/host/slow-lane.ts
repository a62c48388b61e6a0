// SPDX-License-Identifier: Apache-2.0
/**
 * The slow lane: RSA keys are made in a thread of their own, with a session of its own on the token that the host opened.
 *
 * The thread starts with the first key and ends when none was wanted for a while: it costs tens of megabytes. It has
 * no PIN, so it never tries one.
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Log, StrongroomError } from "@strongroom/core";
import type { KeyMade, NewKey } from "../token/generate-key.ts";
import type { KnownToken } from "../token/open-token.ts";
import { fromWireFailure } from "../wire/failure.ts";
import { maxGenerating } from "../wire/limits.ts";
import type { LaneJob, LaneMessage, LaneResult } from "./slow-lane-protocol.ts";

/** The thread's file: beside this one in the source tree, beside the program where both are bundled. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./slow-lane-worker.ts", import.meta.url)
  : new URL("./hsm-slow-lane.js", import.meta.url);

/** Milliseconds after its last key for which the thread stays. */
const defaultIdleMs = 20_000;

interface Waiting {
  readonly resolve: (result: KeyMade | "lost") => void;
  readonly reject: (error: StrongroomError) => void;
}

/** A lane of its own for what takes seconds. */
export class SlowLane implements AsyncDisposable {
  readonly #modulePath: string;
  readonly #log: Log;
  readonly #waiting = new Map<number, Waiting>();
  readonly #idleMs: number;
  readonly #running = new Set<Worker>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** @param modulePath Of the PKCS#11 module that this process has initialised. */
  constructor(modulePath: string, log: Log, idleMs = defaultIdleMs) {
    this.#modulePath = modulePath;
    this.#log = log;
    this.#idleMs = idleMs;
  }

  /** How many threads there are: one while keys are made and for a while afterwards. */
  get threads(): number {
    return this.#running.size;
  }

  /**
   * Makes a key, in turn; `lost` if the token has to be opened again first.
   *
   * @throws {StrongroomError} `HsmBusy` if too many keys are being made; `HsmUnavailable` if the thread ended.
   */
  async generateKey(known: KnownToken, spec: NewKey): Promise<KeyMade | "lost"> {
    if (this.#waiting.size >= maxGenerating) {
      throw new StrongroomError("HsmBusy", "too many RSA keys are being made");
    }
    const { keyWrap, computable, enforcedBy, identity } = known;
    const id = this.#nextId;
    this.#nextId += 1;
    const job: LaneJob = { id, known: { keyWrap, computable, enforcedBy, identity }, spec };
    const result = new Promise<KeyMade | "lost">((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#start().postMessage(job);
    return await result;
  }

  /** Ends the thread once it is out of the token; what waits fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle);
    await Promise.all(
      [...this.#running].map(async (worker) => {
        const exited = once(worker, "exit");
        await worker.terminate();
        await exited;
      }),
    );
  }

  #start(): Worker {
    clearTimeout(this.#idle);
    if (this.#worker === undefined) {
      const worker = new Worker(workerFile, { workerData: this.#modulePath });
      worker.on("message", (result: LaneResult) => this.#settle(result));
      worker.on("error", (error) => this.#log.failure("the slow lane failed", error));
      worker.on("exit", () => this.#ended(worker));
      this.#running.add(worker);
      this.#worker = worker;
    }
    return this.#worker;
  }

  #retire(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.postMessage("end" satisfies LaneMessage);
  }

  #settle(result: LaneResult): void {
    const waiting = this.#waiting.get(result.id);
    this.#waiting.delete(result.id);
    if (result.kind === "failed") {
      waiting?.reject(fromWireFailure(result.failure));
    } else {
      waiting?.resolve(result.kind === "made" ? result.made : "lost");
    }
    if (this.#waiting.size === 0) {
      this.#idle = setTimeout(() => this.#retire(), this.#idleMs).unref();
    }
  }

  #ended(worker: Worker): void {
    this.#running.delete(worker);
    // One that was retired has nothing to do any more: what waits, waits for its successor.
    if (worker !== this.#worker) {
      return;
    }
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) {
      reject(new StrongroomError("HsmUnavailable", "the thread that makes RSA keys ended"));
    }
    this.#waiting.clear();
  }
}
