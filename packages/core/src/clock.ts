// SPDX-License-Identifier: Apache-2.0
/** Time as a dependency of loops; pure code takes an instant instead. */

import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds since the epoch or as a span. */
export type Milliseconds = number;

/** What a loop needs of time. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock: the only place that reads it. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** Spreads waiting times so that many processes do not act at once. */
export type Jitter = (ms: Milliseconds) => Milliseconds;

/** Between half and all of `ms`. */
export const halfJitter: Jitter = (ms) => ms * (0.5 + Math.random() / 2);
