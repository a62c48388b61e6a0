// SPDX-License-Identifier: Apache-2.0
/** Tries again what may work later, with growing pauses, until a signal says that it is enough. */

import { type Clock, isRetryable, isStrongroomError, type Jitter } from "@strongroom/core";
import { backOff } from "./limits.ts";

/** Time and its spread. */
export interface RetryTiming {
  readonly clock: Clock;
  readonly jitter: Jitter;
}

/** Whether waiting may help: the other side is away. A response that nobody vouches for is not waited out. */
export function isWorthWaiting(error: unknown): boolean {
  return isRetryable(error) && !isStrongroomError(error, "ResponseUntrusted");
}

/** Runs `attempt` until it succeeds, fails for good, or `signal` aborts; the last failure is what is thrown. */
export async function retry<T>(
  { clock, jitter }: RetryTiming,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  let last: unknown;
  for (let pause: number = backOff.first; ; pause = Math.min(pause * 2, backOff.last)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) {
        // An attempt that was cut short tells nothing; the one before it says what was wrong.
        throw last ?? error;
      }
      last = error;
      if (!isWorthWaiting(error)) {
        throw error;
      }
    }
    await clock.sleep(jitter(pause), signal).catch(() => undefined);
    if (signal.aborted) {
      throw last;
    }
  }
}
