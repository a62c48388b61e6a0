// SPDX-License-Identifier: Apache-2.0
/** Deadlines of many requests with one timer: a timer for each would cost more than the rest of a short request. */

import type { Clock, Milliseconds } from "@strongroom/core";

/** What is told when its time has come. */
export interface Expiring {
  expire(): void;
}

/** A deadline that was begun. */
export interface Pending {
  readonly at: number;
  /** Nothing once it is done. */
  of: Expiring | undefined;
}

/** Deadlines that all are `ms` after their beginning, so that they expire in the order in which they were begun. */
export class GroupDeadlines implements Disposable {
  readonly #clock: Clock;
  readonly #ms: Milliseconds;
  readonly #stopping = new AbortController();
  // In the order of their ends; those before `first` are done.
  #pending: Pending[] = [];
  #first = 0;
  #isWaiting = false;

  constructor(clock: Clock, ms: Milliseconds) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Has `of` expire when the time has come, unless the deadline was ended before. */
  begin(of: Expiring): Pending {
    const pending: Pending = { at: this.#clock.now().getTime() + this.#ms, of };
    this.#pending.push(pending);
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      void this.#wait();
    }
    return pending;
  }

  /** Ends a deadline: what it was for is done. */
  end(pending: Pending): void {
    pending.of = undefined;
    this.#forgetDone();
  }

  /** Stops the timer; nothing expires any more. */
  [Symbol.dispose](): void {
    this.#stopping.abort();
  }

  async #wait(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const first = this.#pending[this.#first];
      if (first === undefined) {
        break;
      }
      const ms = Math.max(0, first.at - this.#clock.now().getTime());
      await this.#clock.sleep(ms, signal).catch(() => undefined);
      this.#expire(this.#clock.now().getTime());
    }
    this.#isWaiting = false;
  }

  #expire(now: number): void {
    for (let i = this.#first; i < this.#pending.length; i += 1) {
      const pending = this.#pending[i];
      if (pending === undefined || pending.at > now) {
        break;
      }
      pending.of?.expire();
      pending.of = undefined;
    }
    this.#forgetDone();
  }

  // At once, for what is kept for two seconds grows old in the heap, and costs.
  #forgetDone(): void {
    while (this.#first < this.#pending.length && isDone(this.#pending[this.#first])) {
      this.#first += 1;
    }
    if (this.#first === this.#pending.length) {
      this.#pending = [];
      this.#first = 0;
    } else if (this.#first >= compactFrom) {
      this.#pending = this.#pending.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** Done deadlines that are forgotten at once. */
const compactFrom = 1024;

function isDone(pending: Pending | undefined): boolean {
  return pending?.of === undefined;
}
