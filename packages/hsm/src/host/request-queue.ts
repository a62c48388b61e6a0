// SPDX-License-Identifier: Apache-2.0
/** Requests that wait for the token, in the order in which they came; how many there may be is bounded. */

import { StrongroomError } from "@strongroom/core";

/**
 * Fewest jobs that fill a turn of the event loop, whose answers leave together; of more, half are run: the client asks again
 * while the other half is computed. Were all run at once, a client with 16 requests in flight and this process would wait
 * for each other in turn.
 */
const leastPerTurn = 8;

/** Milliseconds after which a turn ends earlier: answers do not wait for others that take long. */
const turnMs = 2;

/** Something to do that takes care of its own result and never throws; a promise where it goes on. */
export type Job = () => Promise<void> | undefined;

/** A bounded first-in-first-out lane. */
export interface RequestQueue {
  /** Runs `job` in its turn. @throws {StrongroomError} `HsmBusy` if too many are in flight; then it never runs. */
  submit(job: Job): void;
  /** Resolves once nothing is in flight. */
  idle(): Promise<void>;
}

/** A lane that holds at most `limit` jobs, waiting and running. */
export function createRequestQueue(limit: number): RequestQueue {
  const waiting: Job[] = [];
  const idlers: (() => void)[] = [];
  let inFlight = 0;
  let scheduled = false;

  function runTurn(): void {
    scheduled = false;
    const end = performance.now() + turnMs;
    const jobs = Math.max(leastPerTurn, waiting.length / 2);
    for (let run = 0; run < jobs && performance.now() < end; run += 1) {
      const job = waiting.shift();
      if (job === undefined) {
        break;
      }
      // No promise for what is done at once: with 30,000 requests a second they would cost more than the codec.
      const going = job();
      if (going === undefined) {
        leave();
      } else {
        void going.finally(leave);
      }
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
      // After the last job's answer has left.
      idlers.splice(0).forEach((wake) => void setImmediate(wake));
    }
  }

  return {
    submit: (job) => {
      if (inFlight >= limit) {
        throw new StrongroomError("HsmBusy", "too many requests wait for the HSM");
      }
      inFlight += 1;
      waiting.push(job);
      schedule();
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((wake) => idlers.push(wake))),
  };
}
