// SPDX-License-Identifier: Apache-2.0
/** Bounds how much of something is in flight, and how much waits for it. */

import { StrongroomError } from "@strongroom/core";

/** Runs work, at most so much at a time. */
export interface Semaphore {
  /** @throws {StrongroomError} `TooManyRequests` when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** A semaphore of `permits`, with at most `maxWaiting` callers in its queue. */
export function createSemaphore(permits: number, maxWaiting: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = permits;

  async function acquire(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (waiting.length >= maxWaiting) {
      throw new StrongroomError("TooManyRequests", "too many requests are waiting");
    }
    // The permit is handed over, never returned in between, so nobody overtakes who waits.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) {
      free += 1;
    } else {
      next();
    }
  }

  return {
    run: async (work) => {
      await acquire();
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
