// SPDX-License-Identifier: Apache-2.0
/** A request as it waits for its group: it is answered once, by what became of it or by its deadline. */

import type { AuditLeaf, Hash } from "@strongroom/core";
import { tookTooLong } from "./deadline.ts";
import type { Expiring, GroupDeadlines, Pending } from "./group-deadlines.ts";
import type { LedgerReading, LedgerWork } from "./ledger.ts";

/** A request that is durable. */
export interface Written {
  readonly result: unknown;
  /** Place of its leaf in the log. */
  readonly index: number;
  readonly leafHash: Hash;
}

/** What a request does. */
export interface Task {
  readonly work: LedgerWork<unknown>;
  /** The same, where it writes nothing. */
  readonly reading?: LedgerReading<unknown>;
  /** For the first leaf of the log. */
  readonly heads?: AuditLeaf["heads"];
}

/** Whoever waits for a request. */
export interface Waiting {
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/** One request. */
export class WaitingRequest implements Expiring {
  readonly task: Task;
  /** Ends its work, while that runs. */
  end: (() => void) | undefined;
  #isOver = false;
  readonly #waiting: Waiting;
  readonly #deadlines: GroupDeadlines;
  readonly #deadline: Pending;

  constructor(task: Task, waiting: Waiting, deadlines: GroupDeadlines) {
    this.task = task;
    this.#waiting = waiting;
    this.#deadlines = deadlines;
    this.#deadline = deadlines.begin(this);
  }

  /** Whether its caller has been told that it took too long. */
  get isOver(): boolean {
    return this.#isOver;
  }

  expire(): void {
    this.#isOver = true;
    this.end?.();
    this.#waiting.reject(tookTooLong());
  }

  resolve(written: Written): void {
    this.#deadlines.end(this.#deadline);
    this.#waiting.resolve(written);
  }

  reject(error: unknown): void {
    this.#deadlines.end(this.#deadline);
    this.#waiting.reject(error);
  }
}
