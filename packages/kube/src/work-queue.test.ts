// SPDX-License-Identifier: Apache-2.0
/** The queue's two promises under any order of events: no key twice at once, no key lost. */

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createManualClock, settle } from "./__fixtures__/manual-clock.ts";
import { WorkQueue } from "./work-queue.ts";

const backoff = { firstMs: 10, lastMs: 1_000 };

function createQueue() {
  const { clock, advance } = createManualClock();
  return { queue: new WorkQueue({ clock, jitter: (ms) => ms, backoff }), advance };
}

const key = fc.constantFrom("a", "b", "c");
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), key }),
  fc.record({ kind: fc.constant("addAfter" as const), key, ms: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ kind: fc.constant("addBackingOff" as const), key }),
  fc.record({ kind: fc.constant("take" as const) }),
  fc.record({ kind: fc.constant("done" as const), key }),
  fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 60 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs the steps and returns what each key was owed and given. */
async function play(steps: readonly Step[]) {
  const { queue, advance } = createQueue();
  const working = new Set<string>();
  const owed = new Set<string>();
  const twice: string[] = [];
  const take = async () => {
    const taken = await queue.take();
    if (taken !== undefined) {
      twice.push(...(working.has(taken) ? [taken] : []));
      working.add(taken);
      owed.delete(taken);
    }
  };
  const finish = (name: string) => {
    if (working.delete(name)) {
      queue.done(name);
    }
  };
  const owe = (name: string, act: () => void) => {
    owed.add(name);
    act();
  };
  for (const next of steps) {
    switch (next.kind) {
      case "add":
        owe(next.key, () => queue.add(next.key));
        break;
      case "addAfter":
        owe(next.key, () => queue.addAfter(next.key, next.ms));
        break;
      case "addBackingOff":
        owe(next.key, () => queue.addBackingOff(next.key));
        break;
      case "take":
        void take();
        break;
      case "done":
        finish(next.key);
        break;
      case "advance":
        await advance(next.ms);
        break;
    }
    await settle();
  }
  // Everything that was owed must come once all work is done and all delays are over.
  await advance(100_000);
  for (let round = 0; round < 10; round += 1) {
    ["a", "b", "c"].forEach(finish);
    void take();
    await settle();
  }
  queue[Symbol.dispose]();
  return { twice, lost: [...owed] };
}

describe("WorkQueue", () => {
  it("never hands out a key twice at once and never loses one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        expect(await play(steps)).toEqual({ twice: [], lost: [] });
      }),
      { numRuns: 300 },
    );
  });

  it("brings a key back once if it was added while being worked on, however often", async () => {
    const { queue } = createQueue();
    queue.add("a");
    expect(await queue.take()).toBe("a");
    queue.add("a");
    queue.add("a");
    expect(queue.length).toBe(0);
    queue.done("a");
    expect(queue.length).toBe(1);
    expect(await queue.take()).toBe("a");
    queue.done("a");
    expect(queue.length).toBe(0);
  });

  it("doubles the wait of a key that keeps failing, up to a limit, until it is forgotten", async () => {
    const { queue, advance } = createQueue();
    const waitOf = async () => {
      queue.addBackingOff("a");
      let waited = 0;
      while (queue.length === 0) {
        await advance(5);
        waited += 5;
      }
      queue.done((await queue.take()) ?? "");
      return waited;
    };
    expect([await waitOf(), await waitOf(), await waitOf()]).toEqual([10, 20, 40]);
    for (let i = 0; i < 6; i += 1) {
      await waitOf();
    }
    expect(await waitOf()).toBe(1_000);
    queue.forget("a");
    expect(await waitOf()).toBe(10);
  });

  it("waits at least as long as the other side asked", async () => {
    const { queue, advance } = createQueue();
    queue.addBackingOff("a", 500);
    await advance(499);
    expect(queue.length).toBe(0);
    await advance(1);
    expect(queue.length).toBe(1);
  });

  it("lets everyone go who waits for a key when it is closed", async () => {
    const { queue } = createQueue();
    const waiting = [queue.take(), queue.take()];
    queue[Symbol.dispose]();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    queue.add("a");
    expect(await queue.take()).toBeUndefined();
  });
});
