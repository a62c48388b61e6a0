// SPDX-License-Identifier: Apache-2.0
/** A SQLite connection in a thread of its own. */

import { Worker } from "node:worker_threads";
import { StrongroomError } from "@strongroom/core";
import type { Compilable, QueryResult } from "kysely";
import type { WritingSession } from "./session.ts";
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

type Done = Extract<UnitResult, { readonly kind: "done" }>;

interface Waiting {
  readonly unit: Unit;
  readonly resolve: (result: UnitResult) => void;
  readonly reject: (error: StrongroomError) => void;
}

/**
 * The connection. Units of one turn of the event loop cross to the thread in one message, and answers come back in
 * order; statements that answer nothing (`begin`, savepoints) wait for the next one and travel with it.
 */
export class SqliteConnection implements WritingSession, AsyncDisposable {
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

  async run<Row>(query: Compilable<Row>): Promise<QueryResult<Row>> {
    const { sql, parameters } = query.compile();
    // What the store puts into its queries are texts, numbers and bytes.
    const values = parameters as Statement["parameters"];
    const { rows, changes } = await this.#send({ sql, parameters: values });
    return { rows: rows as Row[], numAffectedRows: BigInt(changes) };
  }

  /** Opens a transaction, with the next statement. */
  begin(): void {
    this.#inTransaction = true;
    this.#deferred = [{ sql: "begin immediate", parameters: [] }];
  }

  /** A statement that answers nothing: it is sent, before the next one, with that one. */
  defer(sql: string): void {
    this.#deferred.push({ sql, parameters: [] });
  }

  async commit(): Promise<void> {
    await this.#send({ sql: "commit", parameters: [] });
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    this.#deferred = [];
    if (this.#broken === undefined) {
      await this.#send({ sql: "rollback", parameters: [] });
    }
    this.#inTransaction = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage("close");
    await this.#exited;
  }

  async #send(statement: Statement): Promise<Done> {
    const statements = [...this.#deferred, statement];
    this.#deferred = [];
    const result = await new Promise<UnitResult>((resolve, reject) => {
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
    if (result.kind === "failed") {
      throw toStoreError(result.failure);
    }
    return result;
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
