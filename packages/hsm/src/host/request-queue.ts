// SPDX-License-Identifier: Apache-2.0
/**
 * Requests that wait for the token, in the order in which they came.
 *
 * One lane: the token's calls are synchronous, and jobs run on the main thread. A second lane for slow key generation
 * is another queue whose jobs go to a worker thread; what is in flight is bounded for each queue by itself.
 */

import { StrongroomError } from "@strongroom/core";

/** Jobs run in one turn of the event loop, so that answers leave while others are computed: about 0.3 ms. */
const jobsPerTurn = 8;

/** A bounded first-in-first-out lane. */
export interface RequestQueue {
  /** Runs `job` in its turn. @throws {StrongroomError} `HsmBusy` if too many are in flight; then it never runs. */
  submit<T>(job: () => T | Promise<T>): Promise<T>;
  /** Resolves once nothing is in flight. */
  idle(): Promise<void>;
}

/** A lane that holds at most `limit` jobs, waiting and running. */
export function createRequestQueue(limit: number): RequestQueue {
  const waiting: (() => void)[] = [];
  const idlers: (() => void)[] = [];
  let inFlight = 0;
  let scheduled = false;

  function runTurn(): void {
    scheduled = false;
    for (const run of waiting.splice(0, jobsPerTurn)) {
      run();
    }
    schedule();
  }

  function schedule(): void {
    if (!scheduled && waiting.length > 0) {
      scheduled = true;
      setImmediate(runTurn);
    }
  }

  function leave(): void {
    inFlight -= 1;
    if (inFlight === 0) {
      // After the last job's caller has got its result.
      idlers.splice(0).forEach((wake) => void setImmediate(wake));
    }
  }

  return {
    submit: async (job) => {
      if (inFlight >= limit) {
        throw new StrongroomError("HsmBusy", "too many requests wait for the HSM");
      }
      inFlight += 1;
      try {
        await new Promise<void>((turn) => {
          waiting.push(turn);
          schedule();
        });
        return await job();
      } finally {
        leave();
      }
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((wake) => idlers.push(wake))),
  };
}
