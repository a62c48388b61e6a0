// SPDX-License-Identifier: Apache-2.0
/** Deadlines of many requests with one timer: a timer for each would cost more than the rest of a short request. */

import type { Clock, Milliseconds } from "@strongroom/core";

interface Pending {
  readonly at: number;
  expire: (() => void) | undefined;
}

/** Deadlines that all are `ms` after their beginning, so that they expire in the order in which they were begun. */
export class GroupDeadlines implements Disposable {
  readonly #clock: Clock;
  readonly #ms: Milliseconds;
  readonly #stopping = new AbortController();
  #pending: Pending[] = [];
  #isWaiting = false;

  constructor(clock: Clock, ms: Milliseconds) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Calls `expire` when the time has come, unless the answered function was called before. */
  begin(expire: () => void): () => void {
    const pending: Pending = { at: this.#clock.now().getTime() + this.#ms, expire };
    this.#pending.push(pending);
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      void this.#wait();
    }
    return () => {
      pending.expire = undefined;
    };
  }

  /** Stops the timer; nothing expires any more. */
  [Symbol.dispose](): void {
    this.#stopping.abort();
  }

  async #wait(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#pending.length > 0 && !signal.aborted) {
      const first = this.#pending[0]?.at ?? 0;
      const ms = Math.max(0, first - this.#clock.now().getTime());
      await this.#clock.sleep(ms, signal).catch(() => undefined);
      this.#expire(this.#clock.now().getTime());
    }
    this.#isWaiting = false;
  }

  #expire(now: number): void {
    // Those that are done are forgotten here too: what is left is what still runs.
    const due = this.#pending.filter(({ at }) => at <= now);
    this.#pending = this.#pending.filter(({ at, expire }) => at > now && expire !== undefined);
    for (const { expire } of due) {
      expire?.();
    }
  }
}
