// SPDX-License-Identifier: Apache-2.0
/** A SQLite connection in a thread of its own, as Kysely's driver sees it. */

import { Worker } from "node:worker_threads";
import { StrongroomError } from "@strongroom/core";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type {
  Failure,
  OpenRequest,
  OpenResult,
  Statement,
  Unit,
  UnitResult,
} from "./sqlite-protocol.ts";

/** The thread's file: beside this one in the source tree, beside the program where both are bundled. */
const workerFile = import.meta.url.endsWith(".ts")
  ? new URL("./sqlite-worker.ts", import.meta.url)
  : new URL("./sqlite-worker.js", import.meta.url);

interface Waiting {
  readonly unit: Unit;
  readonly resolve: (result: UnitResult) => void;
  readonly reject: (error: StrongroomError) => void;
}

/**
 * The connection. Units of one turn of the event loop cross to the thread in one message, and answers come back in
 * order; statements that answer nothing (`begin`, savepoints) wait for the next one and travel with it.
 */
export class SqliteConnection implements DatabaseConnection, AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #sent: Waiting[] = [];
  #outbox: Waiting[] = [];
  #deferred: Statement[] = [];
  #inTransaction = false;
  #broken: StrongroomError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (results: readonly UnitResult[]) => this.#receive(results));
    worker.on("error", (cause) => this.#break(cause));
    worker.on("exit", () => this.#break(undefined));
  }

  /** Opens the file. @throws {StrongroomError} `StoreUnavailable`; `StoreTampered` if the file is damaged. */
  static async open(request: OpenRequest): Promise<SqliteConnection> {
    const worker = new Worker(workerFile, { workerData: request });
    const result = await new Promise<OpenResult>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (cause) => reject(unavailable(cause)));
    });
    if (result.kind === "refused") {
      throw toStoreError(result.failure);
    }
    return new SqliteConnection(worker);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { sql, parameters } = query;
    const result = await this.#run({ sql, parameters: parameters as Statement["parameters"] });
    if (result.kind === "failed") {
      throw toStoreError(result.failure);
    }
    return { rows: result.rows as R[], numAffectedRows: BigInt(result.changes) };
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; listings here are read in pages
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new StrongroomError("Internal", "the store does not stream");
  }

  /** Opens a transaction with the next statement. */
  begin(): void {
    this.#inTransaction = true;
    this.#deferred = [{ sql: "begin immediate", parameters: [] }];
  }

  /** A statement that answers nothing: it is sent, before the next one, with that one. */
  defer(sql: string): void {
    this.#deferred.push({ sql, parameters: [] });
  }

  /** Ends the transaction. */
  async commit(): Promise<void> {
    const result = await this.#run({ sql: "commit", parameters: [] });
    if (result.kind === "failed") {
      throw toStoreError(result.failure);
    }
    this.#inTransaction = false;
  }

  /** Ends the transaction without a trace; a broken connection has none left. */
  async rollback(): Promise<void> {
    this.#deferred = [];
    if (this.#broken === undefined) {
      await this.#run({ sql: "rollback", parameters: [] });
    }
    this.#inTransaction = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #run(statement: Statement): Promise<UnitResult> {
    const statements = [...this.#deferred, statement];
    this.#deferred = [];
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken);
        return;
      }
      if (this.#outbox.length === 0) {
        queueMicrotask(() => this.#flush());
      }
      const unit = { inTransaction: this.#inTransaction, statements };
      this.#outbox.push({ unit, resolve, reject });
    });
  }

  #flush(): void {
    const outbox = this.#outbox;
    this.#outbox = [];
    this.#sent.push(...outbox);
    this.#worker.postMessage(outbox.map((waiting) => waiting.unit));
  }

  #receive(results: readonly UnitResult[]): void {
    const answered = this.#sent.splice(0, results.length);
    for (const [i, result] of results.entries()) {
      answered[i]?.resolve(result);
    }
  }

  #break(cause: unknown): void {
    this.#broken ??= unavailable(cause);
    for (const waiting of [...this.#sent.splice(0), ...this.#outbox.splice(0)]) {
      waiting.reject(this.#broken);
    }
  }
}

function toStoreError({ code, message, detail }: Failure): StrongroomError {
  return new StrongroomError(code, message, { cause: new Error(detail) });
}

function unavailable(cause: unknown): StrongroomError {
  return new StrongroomError("StoreUnavailable", "the store's thread has ended", { cause });
}
