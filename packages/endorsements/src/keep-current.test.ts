// SPDX-License-Identifier: Apache-2.0
/** Renewing ahead, for as long as the process runs. */

import { describe, expect, it } from "@jest/globals";
import { type Clock, StrongroomError, silentLog } from "@strongroom/core";
import { keepCurrent } from "./keep-current.ts";
import * as limits from "./limits.ts";

const unavailable = new StrongroomError("EndorsementsUnavailable", "the disk is full");

/** Keeps current what each of `outcomes` becomes of, and stops within the sleep after the last. */
async function run(outcomes: readonly (Error | undefined)[]) {
  const stopping = new AbortController();
  const ages: number[] = [];
  const sleeps: number[] = [];
  const failures: unknown[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    sleep: async (ms, signal) => {
      sleeps.push(ms);
      if (sleeps.length === outcomes.length) {
        stopping.abort();
        signal?.throwIfAborted();
      }
    },
  };
  const renew = async (age: number) => {
    const error = outcomes[ages.push(age) - 1];
    if (error !== undefined) {
      throw error;
    }
  };
  await keepCurrent(
    {
      library: { renew, find: async () => [], take: async () => [] },
      ...{ clock, jitter: (ms) => ms / 2 },
      log: { ...silentLog, failure: (_, error) => failures.push(error) },
    },
    stopping.signal,
  );
  return { ages, sleeps, failures };
}

describe("keeping endorsements current", () => {
  it("asks about every hour for what is a day old, until it is stopped", async () => {
    const { ages, sleeps, failures } = await run([undefined, undefined, undefined]);
    expect(ages).toEqual(Array(3).fill(limits.refreshAfter));
    expect(sleeps).toEqual(Array(3).fill(limits.refreshEvery / 2));
    expect(failures).toEqual([]);
  });

  it("goes on after a failure, and says so", async () => {
    const { ages, failures } = await run([unavailable, undefined]);
    expect(ages.length).toBe(2);
    expect(failures).toEqual([unavailable]);
  });

  it("does not hide a fault of its own", async () => {
    await expect(run([new TypeError("a bug")])).rejects.toThrow("a bug");
  });
});
