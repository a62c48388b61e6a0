// SPDX-License-Identifier: Apache-2.0
/** Time that tests move. */

import type { Clock } from "@strongroom/core";

/** A clock that only moves when told to. */
export function createManualClock() {
  let now = 0;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(new Error("aborted"));
        });
      }),
  };
  const advance = async (ms: number) => {
    now += ms;
    for (const sleeper of [...sleepers].filter(({ due }) => due <= now)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  };
  return { clock, advance };
}

/** Lets what is ready to run do so. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
