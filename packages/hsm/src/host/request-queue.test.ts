// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createRequestQueue, type RequestQueue } from "./request-queue.ts";

/** Submits a job and gives its result. */
async function submit<T>(queue: RequestQueue, job: () => T | Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    queue.submit(() => {
      const result = job();
      if (result instanceof Promise) {
        return result.then(resolve, reject);
      }
      resolve(result);
      return undefined;
    });
  });
}

/** Jobs that answer as connections do, and how many were done at each time that answers left. */
function watchAnswers(queue: RequestQueue): {
  readonly left: readonly number[];
  readonly submitAnswered: (job?: () => void) => Promise<void>;
} {
  const left: number[] = [];
  let done = 0;
  let held = false;
  const send = (): void => {
    held = false;
    left.push(done);
  };
  const submitAnswered = (job: () => void = () => undefined): Promise<void> =>
    submit(queue, () => {
      job();
      done += 1;
      if (!held) {
        held = true;
        queue.atTurnsEnd(send);
      }
    });
  return { left, submitAnswered };
}

describe("a request queue", () => {
  it("runs jobs in the order in which they came", async () => {
    const queue = createRequestQueue(100);
    const order: number[] = [];
    const jobs = Array.from({ length: 100 }, (_, index) =>
      submit(queue, () => {
        order.push(index);
        return index;
      }),
    );
    expect(order).toEqual([]);
    expect(await Promise.all(jobs)).toEqual(order);
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it("lets answers leave once twelve jobs are done, and the rest with what came in meanwhile", async () => {
    const queue = createRequestQueue(100);
    const { left, submitAnswered } = watchAnswers(queue);
    const first = Array.from({ length: 16 }, () => submitAnswered());
    await Promise.all(first.slice(0, 12));
    // As a client that has read these answers asks again, while the others are computed.
    setImmediate(() => Array.from({ length: 8 }, () => submitAnswered()));
    await Promise.all(first);
    await queue.idle();
    expect(left).toEqual([12, 24]);
  });

  it("lets half of the answers leave where many wait", async () => {
    const queue = createRequestQueue(100);
    const { left, submitAnswered } = watchAnswers(queue);
    await Promise.all(Array.from({ length: 64 }, () => submitAnswered()));
    await queue.idle();
    expect(left).toEqual([32, 48, 60, 64]);
  });

  it("lets a single answer leave without waiting for others", async () => {
    const queue = createRequestQueue(100);
    const { left, submitAnswered } = watchAnswers(queue);
    await submitAnswered();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).toEqual([1]);
  });

  it("lets answers leave after each job that takes long", async () => {
    const queue = createRequestQueue(100);
    const { left, submitAnswered } = watchAnswers(queue);
    const busy = (): void => {
      for (const end = performance.now() + 5; performance.now() < end; );
    };
    await Promise.all(Array.from({ length: 5 }, () => submitAnswered(busy)));
    await queue.idle();
    expect(left).toEqual([1, 2, 3, 4, 5]);
  });

  it("lets an answer leave that comes when nothing else does", async () => {
    const queue = createRequestQueue(100);
    const left = await new Promise((resolve) => queue.atTurnsEnd(() => resolve("left")));
    expect(left).toBe("left");
  });

  it("refuses what is beyond its limit, waiting or running, and takes more once there is room", async () => {
    const queue = createRequestQueue(2);
    const gate = Promise.withResolvers<void>();
    const running = [submit(queue, () => gate.promise), submit(queue, () => gate.promise)];
    await expect(submit(queue, () => 1)).rejects.toMatchObject({ code: "HsmBusy" });
    gate.resolve();
    await Promise.all(running);
    await queue.idle();
    expect(await submit(queue, () => 1)).toBe(1);
  });

  it("gives room back after a job that fails", async () => {
    const queue = createRequestQueue(1);
    const failing = submit(queue, () => Promise.reject(new Error("job")));
    await expect(failing).rejects.toThrow("job");
    await queue.idle();
    expect(await submit(queue, () => 1)).toBe(1);
  });

  it("is idle when nothing is in flight, not before", async () => {
    const queue = createRequestQueue(2);
    await queue.idle();
    const gate = Promise.withResolvers<void>();
    let done = false;
    const job = submit(queue, () => gate.promise).then(() => {
      done = true;
    });
    const idle = queue.idle().then(() => done);
    gate.resolve();
    await job;
    expect(await idle).toBe(true);
  });
});
