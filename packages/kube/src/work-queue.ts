// SPDX-License-Identifier: Apache-2.0
/** Keyed work queue: a key is never worked on twice at once, and a key that was added is never lost. */

import type { Clock, Jitter, Milliseconds } from "@strongroom/core";

/** Back-off of a key that keeps failing or waiting: doubles from the first to the last. */
export interface Backoff {
  readonly firstMs: Milliseconds;
  readonly lastMs: Milliseconds;
}

/** What the queue needs of its surroundings. */
export interface WorkQueueDeps {
  readonly clock: Clock;
  readonly jitter: Jitter;
  readonly backoff: Backoff;
}

interface Delay {
  readonly due: number;
  readonly abort: AbortController;
}

/**
 * A queue of keys. Adding a key that waits changes nothing; adding one that is being worked on makes it wait again
 * as soon as that is done.
 */
export class WorkQueue implements Disposable {
  readonly #deps: WorkQueueDeps;
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #delays = new Map<string, Delay>();
  readonly #tries = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(deps: WorkQueueDeps) {
    this.#deps = deps;
  }

  /** Adds a key. */
  add(key: string): void {
    if (this.#closed) {
      return;
    }
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#waiting.add(key);
    this.#handOut();
  }

  /** Adds a key after `ms`; an earlier delay of the same key wins. */
  addAfter(key: string, ms: Milliseconds): void {
    const due = this.#deps.clock.now().getTime() + ms;
    const planned = this.#delays.get(key);
    if (this.#closed || (planned !== undefined && planned.due <= due)) {
      return;
    }
    planned?.abort.abort();
    const abort = new AbortController();
    this.#delays.set(key, { due, abort });
    void this.#deps.clock.sleep(ms, abort.signal).then(
      () => {
        this.#delays.delete(key);
        this.add(key);
      },
      () => undefined,
    );
  }

  /** Adds a key after its back-off, at least `minimumMs`; the next one is longer. */
  addBackingOff(key: string, minimumMs: Milliseconds = 0): void {
    const tries = this.#tries.get(key) ?? 0;
    this.#tries.set(key, tries + 1);
    const { firstMs, lastMs } = this.#deps.backoff;
    const wait = Math.min(firstMs * 2 ** Math.min(tries, 30), lastMs);
    this.addAfter(key, Math.max(minimumMs, this.#deps.jitter(wait)));
  }

  /** Forgets how often a key has backed off. */
  forget(key: string): void {
    this.#tries.delete(key);
  }

  /** The next key to work on, or `undefined` once the queue is closed. Follow up with `done`. */
  async take(): Promise<string | undefined> {
    if (this.#closed) {
      return undefined;
    }
    const taken = new Promise<string | undefined>((resolve) => this.#takers.push(resolve));
    this.#handOut();
    return await taken;
  }

  /** Says that the work on a key is over, however it went. */
  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) {
      this.add(key);
    }
  }

  /** Keys that wait now. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Closes the queue: whoever waits for a key gets none. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const { abort } of this.#delays.values()) {
      abort.abort();
    }
    for (const take of this.#takers.splice(0)) {
      take(undefined);
    }
  }

  #handOut(): void {
    for (const key of this.#waiting) {
      const take = this.#takers.shift();
      if (take === undefined) {
        return;
      }
      this.#waiting.delete(key);
      this.#working.add(key);
      take(key);
    }
  }
}
