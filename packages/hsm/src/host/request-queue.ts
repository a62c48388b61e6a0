// SPDX-License-Identifier: Apache-2.0
/** Requests that wait for the token, in the order in which they came; how many there may be is bounded. */

import { StrongroomError } from "@strongroom/core";

/**
 * Jobs of a turn, whose answers leave together: to wake a client that waits takes as long as a signature. Of many that wait
 * half are run, and of 16 in flight a quarter is left: the client reads and asks again while those are computed.
 */
const leastPerTurn = 12;

/** Milliseconds after which a turn ends earlier: answers do not wait for others that take long. */
const turnMs = 2;

/** Something to do that takes care of its own result and never throws; a promise where it goes on. */
export type Job = () => Promise<void> | undefined;

/** A bounded first-in-first-out lane. */
export interface RequestQueue {
  /** Runs `job` in its turn. @throws {StrongroomError} `HsmBusy` if too many are in flight; then it never runs. */
  submit(job: Job): void;
  /** Calls `send` at the end of the turn that goes on, or of the next one. */
  atTurnsEnd(send: () => void): void;
  /** Resolves once nothing is in flight and every answer has left. */
  idle(): Promise<void>;
}

/** A lane that holds at most `limit` jobs, waiting and running. */
export function createRequestQueue(limit: number): RequestQueue {
  const waiting: Job[] = [];
  const idlers: (() => void)[] = [];
  const senders: (() => void)[] = [];
  let inFlight = 0;
  let scheduled = false;
  let done = 0;
  let end = 0;

  // The event loop is looked at between few jobs and more of the same turn, which ends where that brought none.
  function goOn(): void {
    scheduled = false;
    end = done === 0 ? performance.now() + turnMs : end;
    const before = done;
    const isFull = runJobs(Math.max(leastPerTurn, waiting.length / 2));
    if (isFull || done === before) {
      done = 0;
      senders.splice(0).forEach((send) => void send());
    }
    if (waiting.length > 0 || senders.length > 0) {
      schedule();
    } else if (isIdle()) {
      idlers.splice(0).forEach((wake) => void wake());
    }
  }

  /** @returns whether the turn has no room for more. */
  function runJobs(most: number): boolean {
    for (; done < most && performance.now() < end; done += 1) {
      const job = waiting.shift();
      if (job === undefined) {
        return false;
      }
      start(job);
    }
    return true;
  }

  function start(job: Job): void {
    // No promise for what is done at once: with 30,000 requests a second they would cost more than the codec.
    const going = job();
    if (going === undefined) {
      leave();
    } else {
      void going.finally(leave);
    }
  }

  function leave(): void {
    inFlight -= 1;
    schedule();
  }

  function isIdle(): boolean {
    return inFlight === 0 && senders.length === 0;
  }

  function schedule(): void {
    if (!scheduled) {
      scheduled = true;
      setImmediate(goOn);
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
    atTurnsEnd: (send) => {
      senders.push(send);
      schedule();
    },
    idle: () => (isIdle() ? Promise.resolve() : new Promise((wake) => idlers.push(wake))),
  };
}
