// SPDX-License-Identifier: Apache-2.0
/** The writing connection of a SQLite file, in a thread of its own. */

import { Worker } from "node:worker_threads";
import type { StrongroomError } from "@strongroom/core";
import type { WritingSession } from "./session.ts";
import type { Batch, BatchResult, OpenResult, WriterRequest } from "./sqlite-protocol.ts";
import type { Committed } from "./store.ts";
import { storeUnavailable, toStoreError } from "./store-errors.ts";

/** The thread's file: beside this one in the source tree, beside the program where both are bundled. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./sqlite-worker.ts", import.meta.url)
  : new URL("./sqlite-worker.js", import.meta.url);

/** Megabytes: the thread holds a group's leaves for a moment, a restored backup at most. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

interface Waiting {
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: StrongroomError) => void;
}

/** The connection: a batch crosses to the thread in one message, and answers come back in order. */
export class SqliteWriter implements WritingSession, AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #sent: Waiting[] = [];
  #broken: StrongroomError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (result: BatchResult) => this.#sent.shift()?.resolve(result));
    worker.on("error", (cause) => this.#break(cause));
    worker.on("exit", () => this.#break(undefined));
  }

  /** Opens the file. @throws {StrongroomError} `StoreUnavailable`; `StoreTampered` if the file is damaged. */
  static async open(request: WriterRequest): Promise<SqliteWriter> {
    const worker = new Worker(workerFile, { workerData: request, resourceLimits });
    const result = await new Promise<OpenResult>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (cause) => reject(threadEnded(cause)));
    });
    if (result.kind === "refused") {
      throw toStoreError(result.failure);
    }
    return new SqliteWriter(worker);
  }

  async commit(batch: Batch): Promise<Committed> {
    const result = await new Promise<BatchResult>((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken);
        return;
      }
      this.#sent.push({ resolve, reject });
      this.#worker.postMessage(batch);
    });
    if (result.kind === "failed") {
      throw toStoreError(result.failure);
    }
    return { changedByOthers: result.changedByOthers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #break(cause: unknown): void {
    this.#broken ??= threadEnded(cause);
    for (const waiting of this.#sent.splice(0)) {
      waiting.reject(this.#broken);
    }
  }
}

function threadEnded(cause: unknown): StrongroomError {
  return storeUnavailable("the store's thread has ended", cause);
}
