// SPDX-License-Identifier: Apache-2.0
/**
 * The slow lane: RSA keys are made in a thread of their own, with a session of its own on the token that the host opened.
 *
 * The thread starts with the first key. It has no PIN, so it never tries one.
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Log, StrongroomError } from "@strongroom/core";
import type { KeyMade, NewKey } from "../token/generate-key.ts";
import type { KnownToken } from "../token/open-token.ts";
import { fromWireFailure } from "../wire/failure.ts";
import { maxGenerating } from "../wire/limits.ts";
import type { LaneJob, LaneResult } from "./slow-lane-protocol.ts";

/** The thread's file: beside this one in the source tree, beside the program where both are bundled. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./slow-lane-worker.ts", import.meta.url)
  : new URL("./hsm-slow-lane.js", import.meta.url);

interface Waiting {
  readonly resolve: (result: KeyMade | "lost") => void;
  readonly reject: (error: StrongroomError) => void;
}

/** A lane of its own for what takes seconds. */
export class SlowLane implements AsyncDisposable {
  readonly #modulePath: string;
  readonly #log: Log;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 1;

  /** @param modulePath Of the PKCS#11 module that this process has initialised. */
  constructor(modulePath: string, log: Log) {
    this.#modulePath = modulePath;
    this.#log = log;
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
    const worker = this.#worker;
    if (worker !== undefined) {
      const exited = once(worker, "exit");
      await worker.terminate();
      await exited;
    }
  }

  #start(): Worker {
    if (this.#worker === undefined) {
      const worker = new Worker(workerFile, { workerData: this.#modulePath });
      worker.on("message", (result: LaneResult) => this.#settle(result));
      worker.on("error", (error) => this.#log.failure("the slow lane failed", error));
      worker.on("exit", () => this.#end());
      this.#worker = worker;
    }
    return this.#worker;
  }

  #settle(result: LaneResult): void {
    const waiting = this.#waiting.get(result.id);
    this.#waiting.delete(result.id);
    if (result.kind === "failed") {
      waiting?.reject(fromWireFailure(result.failure));
    } else {
      waiting?.resolve(result.kind === "made" ? result.made : "lost");
    }
  }

  #end(): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) {
      reject(new StrongroomError("HsmUnavailable", "the thread that makes RSA keys ended"));
    }
    this.#waiting.clear();
  }
}
