// SPDX-License-Identifier: Apache-2.0
/** When a key comes back after its reconcile. */

import { describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { createManualClock, settle } from "./__fixtures__/manual-clock.ts";
import { type ReconcileResult, runController } from "./controller.ts";
import { WorkQueue } from "./work-queue.ts";

const backoff = { firstMs: 10, lastMs: 80 };

/** When `result` was asked for, in milliseconds since the start, as long as that is below `until`. */
async function timesOf(
  results: (call: number) => ReconcileResult,
  until: number,
): Promise<number[]> {
  const { clock, advance } = createManualClock();
  const queue = new WorkQueue({ clock, jitter: (ms) => ms, backoff });
  const times: number[] = [];
  const running = runController({
    ...{ kind: "Thing", queue, concurrency: 1, terminalRetryMs: 1_000, log: silentLog },
    reconcile: async () => {
      times.push(clock.now().getTime());
      return results(times.length);
    },
  });
  queue.add("a/b");
  await settle();
  for (let now = 0; now < until; now += 1) {
    await advance(1);
  }
  queue[Symbol.dispose]();
  await running;
  return times;
}

describe("runController", () => {
  it("looks again ever more seldom at what keeps waiting, up to a limit", async () => {
    const times = await timesOf(() => ({ backoff: "next" }), 320);
    expect(times).toEqual([0, 10, 30, 70, 150, 230, 310]);
  });

  it("looks again soon at what began to wait anew", async () => {
    const times = await timesOf((call) => ({ backoff: call === 4 ? "first" : "next" }), 120);
    expect(times).toEqual([0, 10, 30, 70, 80, 100]);
  });

  it("forgets how long it had waited once there is nothing to wait for", async () => {
    const results = (call: number): ReconcileResult =>
      call === 3 ? { requeueAfterMs: 5 } : { backoff: "next" };
    expect(await timesOf(results, 70)).toEqual([0, 10, 30, 35, 45, 65]);
  });
});
